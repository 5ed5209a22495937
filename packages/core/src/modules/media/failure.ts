import type { z } from 'zod';
import type { api, Diagnostics, SeatKind, TroubleStep } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { formatClock } from '../../kernel/time-format.ts';
import type { ChangeEvents, Tx } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import type { Guest } from '../identity/index.ts';
import type { Messenger } from '../messaging/index.ts';
import { getVisits, lockVisits, type VisitsService } from '../visits/index.ts';
import { assertHost, isOver } from './call-desk.ts';
import { callFailed, failureStepOf } from './diagnostics.ts';
import { emptyRoom } from './empty-room.ts';
import { tellFailed } from './failure-message.ts';
import { togetherIn } from './failure-rules.ts';
import { type CallInHand, type Finishing, partsOf, readInHand, tried } from './finish.ts';
import { workerOf } from './on-behalf.ts';
import { takeTurn } from './presence-store.ts';
import type { BumpCall } from './record.ts';
import type { RoomOrders } from './room-client-orders.ts';
import { getCall, lockCall, updateCall } from './store.ts';

/** @throws DomainError call_not_open */
function assertOpen({ call: { opensAt }, seats }: CallInHand, { seatId }: Guest, now: Date): void {
  if (now >= opensAt) return;
  const language = seats.find(({ id }) => id === seatId)?.language ?? 'da';
  throw new DomainError('call_not_open', { opens: formatClock(opensAt, language) });
}

type TroubleBody = z.output<typeof api.callPage.reportTrouble.body>;

export interface FailureDeps {
  readonly clock: Clock;
  readonly changes: ChangeEvents;
  readonly contacts: Pick<CitizenContacts, 'identities' | 'logReading' | 'holdById'>;
  readonly visits: Pick<VisitsService, 'fail'>;
  readonly finishing: Pick<Finishing, 'begin'>;
  readonly orders: RoomOrders;
  readonly messenger: Pick<Messenger, 'send'>;
  readonly bump: BumpCall;
}

export type Failures = ReturnType<typeof createFailures>;

/** What happens when technology gives up: the ground rules are set in motion, once, and support hears of it, once. */
export function createFailures(deps: FailureDeps) {
  const { clock, changes, contacts, visits, finishing, orders, messenger, bump } = deps;
  /** The turn MUST have been taken, and the call be neither ended nor failed. */
  const fail = async (
    tx: Tx,
    municipalityId: string,
    inHand: CallInHand,
    said: {
      readonly step: TroubleStep;
      readonly by: SeatKind | null;
      /** Null: those of the last page that told any. */
      readonly diagnostics: Diagnostics | null;
    },
  ): Promise<void> => {
    const now = clock.now();
    const callId = inHand.call.id;
    const { spans } = togetherIn(inHand, now);
    const [first] = spans;
    if (first !== undefined) await finishing.begin(tx, municipalityId, inHand, first.startsAt);
    // Held in the order that everybody keeps, the call last; that it failed is written before the visit tells of it.
    await contacts.holdById(tx, [inHand.visit.citizenId]);
    await lockVisits(tx, [inHand.visit.id]);
    const call = await lockCall(tx, callId);
    if (isOver(call)) return;
    const diagnostics = said.diagnostics ?? call.diagnostics;
    await updateCall(
      tx,
      callId,
      { state: 'failed', failedStep: said.step, failedAt: now, diagnostics, endedAt: now, aloneSince: null },
      now,
    );
    const { encryption } = call;
    await changes.append(
      tx,
      callFailed({ callId, step: said.step, saidBy: said.by, encryption, diagnostics }),
    );
    const [visit] = await getVisits(tx, [inHand.visit.id]);
    if (visit !== undefined)
      await tried(() =>
        visits.fail(
          tx,
          workerOf(municipalityId, visit),
          visit.id,
          { step: failureStepOf(said.step, first !== undefined) },
          partsOf({ ...inHand, visit }, spans),
        ),
      );
    await tellFailed(tx, messenger, call);
    await emptyRoom(tx, orders, call, now);
    await bump(tx, callId);
  };

  return {
    fail,

    /**
     * Something does not work. Where citizen or host gives up, the call has failed; what others in a meeting say is kept for
     * support. Said again, or of a call that is over, it changes nothing.
     *
     * @throws DomainError call_not_open where one gives up before anybody could come in: the visit can still go well
     */
    reportTrouble: async (
      tx: Tx,
      guest: Guest,
      { step, giveUp, diagnostics }: Omit<TroubleBody, 'device'>,
    ): Promise<void> => {
      await takeTurn(tx, guest.callId);
      const inHand = await readInHand(tx, guest.callId);
      if (isOver(inHand.call)) return;
      if (giveUp && (guest.kind === 'citizen' || guest.isHost)) {
        assertOpen(inHand, guest, clock.now());
        return fail(tx, guest.municipalityId, inHand, { step, by: guest.kind, diagnostics });
      }
      await lockCall(tx, guest.callId);
      await updateCall(tx, guest.callId, { diagnostics }, clock.now());
    },

    /**
     * The number to ring, for the host of a call that failed; each reading is logged.
     *
     * @throws DomainError not_allowed, citizen_erased
     */
    readPhone: async (tx: Tx, guest: Guest): Promise<{ readonly phone: string | null }> => {
      const call = await getCall(tx, guest.callId);
      assertHost(guest);
      if (call.state !== 'failed') throw new DomainError('not_allowed', { permission: 'calls:host' });
      const { municipalityId, staffId } = guest;
      const { identity } = await contacts.identities.read(tx, municipalityId, call.citizenId);
      const [visit] = await getVisits(tx, [call.visitId]);
      const citizen = { id: call.citizenId, code: visit?.citizen ?? '' };
      await contacts.logReading(tx, { municipalityId, staffId }, citizen, 'read', 'contact');
      return { phone: identity.phone };
    },
  };
}
