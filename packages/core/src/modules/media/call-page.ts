import { testSteps } from '../../contract/call-codes.ts';
import type { CallPage, ParticipantKind, TestResult } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { formatClock } from '../../kernel/time-format.ts';
import type { Tx } from '../../storage/index.ts';
import type { Identities } from '../citizens/index.ts';
import type { Guest } from '../identity/index.ts';
import {
  assertGoesOn,
  assertHost,
  type CallDesk,
  seatOf,
  type TakenSeat,
  wrongSeatState,
} from './call-desk.ts';
import type { CallShow } from './call-show.ts';
import { answer, begin, noExchange, reveal, wrap } from './key-exchange.ts';
import type { BumpCall } from './record.ts';
import type { SeatActs } from './seat-acts.ts';
import { type SeatChange, setAgenda, updateCall, updateSeat } from './store.ts';

export interface CallPageDeps {
  readonly desk: CallDesk;
  readonly acts: SeatActs;
  readonly show: CallShow;
  readonly bump: BumpCall;
  readonly identities: Pick<Identities, 'sealForCall'>;
}

export interface SeatKeys {
  readonly seat: string;
  readonly hostKey?: string | undefined;
  readonly commitment?: string | undefined;
  readonly wrapped?: { readonly epoch: number; readonly key: string } | undefined;
}

/** What a page does for the seat that its link opens. Each act is idempotent, and answers with what the page then shows. */
export function createCallPage({ desk, acts, show, bump, identities }: CallPageDeps) {
  /** Takes the call, acts, and shows it; only pages of calls that go on act. */
  const act =
    <Body extends { readonly device: string }>(
      work: (tx: Tx, taken: TakenSeat, body: Body) => Promise<unknown>,
    ) =>
    async (tx: Tx, guest: Guest, body: Body): Promise<CallPage> => {
      const taken = await desk.take(tx, guest, body.device);
      assertGoesOn(taken.call);
      await work(tx, taken, body);
      return show.page(tx, taken);
    };
  const change = async (tx: Tx, { me, call }: TakenSeat, wish: SeatChange): Promise<void> => {
    if (Object.keys(wish).length === 0) return;
    await updateSeat(tx, me.id, wish);
    await bump(tx, call.id);
  };

  return {
    reportTests: act(async (tx, taken, { results }: { device: string; results: readonly TestResult[] }) => {
      const outcomes = new Map([...taken.me.tests, ...results].map(({ step, outcome }) => [step, outcome]));
      const tests = testSteps.flatMap((step) => {
        const outcome = outcomes.get(step);
        return outcome === undefined ? [] : [{ step, outcome }];
      });
      const same = JSON.stringify(tests) === JSON.stringify(taken.me.tests);
      await change(tx, taken, same ? {} : { tests });
    }),

    /** What they are to speak of, sealed with the citizen's key. @throws DomainError not_allowed for others than the host */
    prepare: act(async (tx, { call, guest }, { agenda }: { device: string; agenda: string | null }) => {
      assertHost(guest);
      const of = {
        municipalityId: guest.municipalityId,
        citizenId: call.citizenId,
        what: 'agenda',
        id: call.id,
      } as const;
      await setAgenda(tx, call.id, agenda === null ? null : await identities.sealForCall(tx, of, agenda));
      await bump(tx, call.id);
    }),

    /** @throws DomainError call_not_open */
    wait: act(
      async (
        tx,
        taken,
        { canEncrypt, commitment }: { device: string; canEncrypt: boolean; commitment: string | null },
      ) => {
        const { call, me, now, guest } = taken;
        if (now < call.opensAt)
          throw new DomainError('call_not_open', { opens: formatClock(call.opensAt, me.language) });
        const stays = me.state === 'admitted' || (me.state === 'waiting' && !guest.isHost);
        // Who telephones until then and finds the page after all is there by the page.
        const place: SeatChange = stays
          ? { byPhone: false, gone: null }
          : guest.isHost
            ? { state: 'admitted', since: now, waitingSince: null, gone: null, byPhone: false }
            : { state: 'waiting', since: now, waitingSince: now, gone: null, byPhone: false };
        const isSame =
          stays &&
          !me.byPhone &&
          me.gone === null &&
          me.canEncrypt === canEncrypt &&
          me.commitment === commitment;
        await change(tx, taken, isSame ? {} : { ...place, canEncrypt, ...begin(me, commitment) });
      },
    ),

    revealKey: act(async (tx, taken, given: { device: string; publicKey: string; nonce: string }) => {
      const step = reveal(taken.me, given);
      await change(tx, taken, taken.me.publicKey === step.publicKey ? {} : step);
    }),

    /** What is no longer asked for is passed over: a seat may have begun anew, or gone, while the host's page worked. */
    giveKeys: act(async (tx, taken, { keys }: { device: string; keys: readonly SeatKeys[] }) => {
      assertHost(taken.guest);
      let isNew = false;
      for (const { seat: id, hostKey, commitment, wrapped } of keys) {
        const seat = seatOf(taken.seats, id);
        if (seat.kind === 'worker') throw wrongSeatState(seat);
        const answered = hostKey === undefined ? null : answer(seat, { hostKey, commitment });
        const given = wrapped === undefined ? null : wrap(seat, seat.state === 'admitted', wrapped);
        if (answered === null && given === null) continue;
        await updateSeat(tx, id, { ...answered, ...given });
        isNew = true;
      }
      if (isNew) await bump(tx, taken.call.id);
    }),

    admit: act(async (tx, taken, { seat, refuse }: { device: string; seat: string; refuse: boolean }) => {
      assertHost(taken.guest);
      await (refuse ? acts.refuse : acts.admit)(tx, taken, seat);
    }),

    declareAlone: act(async (tx, { guest, call, now }, { alone }: { device: string; alone: boolean }) => {
      assertHost(guest);
      if ((call.aloneSince !== null) === alone) return;
      await updateCall(tx, call.id, { aloneSince: alone ? now : null }, now);
      await bump(tx, call.id);
    }),

    tellCompany: act(
      async (tx, { guest, call, now }, { company }: { device: string; company: ParticipantKind | null }) => {
        if (guest.kind !== 'citizen') assertHost(guest);
        if (call.company === company) return;
        await updateCall(tx, call.id, { company }, now);
        await bump(tx, call.id);
      },
    ),

    /** Also of a call that is over: whoever hangs up may do so at any time. */
    leave: async (tx: Tx, guest: Guest, { device }: { readonly device: string }): Promise<CallPage> => {
      const taken = await desk.take(tx, guest, device);
      const { me, now, call } = taken;
      if (me.state === 'waiting' || me.state === 'admitted') {
        // What the host said of their room held while they were in it.
        if (guest.isHost && call.aloneSince !== null)
          await updateCall(tx, call.id, { aloneSince: null }, now);
        await change(tx, taken, {
          ...noExchange,
          state: 'left',
          since: now,
          waitingSince: null,
          gone: 'hung-up',
          byPhone: false,
        });
      }
      return show.page(tx, taken);
    },
  };
}

export type CallPageService = ReturnType<typeof createCallPage>;
