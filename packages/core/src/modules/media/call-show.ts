import type { Call, CallPage } from '../../contract/index.ts';
import type { ReadTx } from '../../storage/index.ts';
import { findPlan, type Identities, readCallDefaults, readGroundRules } from '../citizens/index.ts';
import { isOver, type Taken, type TakenSeat } from './call-desk.ts';
import { mayLookAtPlan } from './call-plan-rules.ts';
import { failureOf, togetherIn } from './failure-rules.ts';
import { readPageVisit } from './page-store.ts';
import { readStays } from './presence-store.ts';
import { presentCall, presentPage } from './presenter.ts';
import { type CallRow, getCall, getSeats, readAgenda, type SeatRow } from './store.ts';

export interface CallShowDeps {
  readonly identities: Pick<Identities, 'openForCall' | 'readSealed' | 'open'>;
}

export type CallShow = ReturnType<typeof createCallShow>;

/** What a call is shown as: to staff, and on the page of each seat. Read after what was done, in the same transaction. */
export function createCallShow({ identities }: CallShowDeps) {
  /** The last two digits of the number that is phoned; the whole of it is read by the host alone, and logged. */
  const phoneEndsOf = async (
    tx: ReadTx,
    municipalityId: string,
    citizenId: string,
  ): Promise<string | null> => {
    const row = (await identities.readSealed(tx, [citizenId])).get(citizenId);
    if (row === undefined) return null;
    return (await identities.open(municipalityId, row)).identity.phone?.slice(-2) ?? null;
  };
  const agendaOf = async (tx: ReadTx, { call, guest }: TakenSeat): Promise<string | null> => {
    const sealed = await readAgenda(tx, call.id);
    if (sealed === null) return null;
    const { municipalityId } = guest;
    const of = { municipalityId, citizenId: call.citizenId, what: 'agenda', id: call.id } as const;
    return identities.openForCall(tx, of, sealed);
  };

  /** In which host and another were in together. */
  const minutesOf = async (
    tx: ReadTx,
    call: CallRow,
    seats: readonly SeatRow[],
    now: Date,
  ): Promise<number> => {
    const stays = await readStays(tx, call.id);
    return togetherIn({ seats, stays }, call.endedAt ?? now).minutes;
  };

  return {
    call: async (tx: ReadTx, { now }: Pick<Taken, 'now'>, callId: string): Promise<Call> => {
      const [call, seats] = [await getCall(tx, callId), await getSeats(tx, callId)];
      const visit = await readPageVisit(tx, call.visitId);
      const rules = await readGroundRules(tx, call.citizenId);
      const minutes = await minutesOf(tx, call, seats, now);
      return presentCall(call, seats, visit, { minutes, failure: failureOf(call, rules, visit.startsAt) });
    },

    /** @param taken as it was before the act: the call and its seats are read anew */
    page: async (tx: ReadTx, taken: TakenSeat): Promise<CallPage> => {
      const { guest, now } = taken;
      const [call, seats] = [await getCall(tx, guest.callId), await getSeats(tx, guest.callId)];
      const me = seats.find(({ id }) => id === guest.seatId) ?? taken.me;
      const visit = await readPageVisit(tx, call.visitId);
      const defaults = await readCallDefaults(tx);
      const rules = await readGroundRules(tx, call.citizenId);
      const { caller, afterMinutes, speakAgain } = rules;
      const mayReadAgenda = !isOver(call) && (me.kind !== 'citizen' || me.state === 'admitted');
      // Who they are is nothing to a guest, not even two digits of it.
      const mayKnow = me.kind === 'citizen' || me.kind === 'worker';
      const facts = {
        visit,
        agenda: mayReadAgenda ? await agendaOf(tx, { ...taken, call }) : null,
        helpPhone: defaults.helpPhone,
        acutePhone: defaults.acutePhone,
        rules: { caller, afterMinutes, speakAgain },
        phoneEnds: mayKnow ? await phoneEndsOf(tx, guest.municipalityId, call.citizenId) : null,
        failure: failureOf(call, rules, visit.startsAt),
        minutes: me.kind === 'worker' ? await minutesOf(tx, call, seats, now) : null,
        plan: mayLookAtPlan(call, me) ? await findPlan(tx, call.citizenId) : null,
      };
      return presentPage(call, seats, me, facts, now);
    },
  };
}
