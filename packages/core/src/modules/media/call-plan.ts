import type { Readable } from 'node:stream';
import { type CallPage, mostPlanBytes, type PlanFormat } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Database, ReadTx, Tx } from '../../storage/index.ts';
import { type CitizenContacts, checkPlan, type WeeklyPlans } from '../citizens/index.ts';
import type { Guest } from '../identity/index.ts';
import { assertGoesOn, type CallDesk, type TakenSeat, wrongSeatState } from './call-desk.ts';
import { mayLookAtPlan } from './call-plan-rules.ts';
import type { CallShow } from './call-show.ts';
import { readPageVisit } from './page-store.ts';
import { receiveFile } from './receive-file.ts';
import type { BumpCall } from './record.ts';
import { getCall } from './store.ts';

export interface CallPlanDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly desk: Pick<CallDesk, 'look' | 'take'>;
  readonly show: Pick<CallShow, 'page'>;
  readonly bump: BumpCall;
  readonly contacts: Pick<CitizenContacts, 'holdById'>;
  readonly plans: WeeklyPlans;
}

export type CallPlan = ReturnType<typeof createCallPlan>;

const mediaTypes: Readonly<Record<PlanFormat, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpeg: 'image/jpeg',
};

/** Each of them is in memory as a whole, more than once. */
const mostAtOnce = 4;

/** @throws DomainError no_call, seat_state, not_allowed */
function assertMayLook({ call, me }: Pick<TakenSeat, 'call' | 'me'>): void {
  assertGoesOn(call);
  if (mayLookAtPlan(call, me)) return;
  throw me.kind === 'guest'
    ? new DomainError('not_allowed', { permission: 'calls:host' })
    : wrongSeatState(me);
}

/** What pages of a call do with the citizen's weekly plan. */
export function createCallPlan({ database, desk, show, bump, contacts, plans }: CallPlanDeps) {
  let underWay = 0;
  const oneOfFew = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (underWay >= mostAtOnce) throw new DomainError('unavailable');
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };
  const citizenOf = async (tx: ReadTx, { call }: Pick<TakenSeat, 'call'>) => ({
    id: call.citizenId,
    code: (await readPageVisit(tx, call.visitId)).citizen,
  });
  /** The citizen is held before the call, as everywhere; one who is being erased meanwhile has no link any more. */
  const take = async (tx: Tx, guest: Guest, device: string): Promise<TakenSeat> => {
    const { citizenId } = await getCall(tx, guest.callId);
    await contacts.holdById(tx, [citizenId]);
    return desk.take(tx, guest, device);
  };
  const assertMayKeep = (seat: Pick<TakenSeat, 'call' | 'me'>): void => {
    assertMayLook(seat);
    if (seat.me.kind === 'colleague') throw new DomainError('not_allowed', { permission: 'calls:host' });
  };

  return {
    /**
     * From citizen or host. The file is taken in and looked at outside of any transaction; who may not send one is told
     * before it comes.
     *
     * @throws DomainError payload_too_large, file_not_usable; the version before stays
     */
    keep: (guest: Guest, device: string, bytes: Readable): Promise<CallPage> =>
      oneOfFew(async () => {
        await database.read(guest.municipalityId, async (tx) =>
          assertMayKeep(await desk.look(tx, guest, device)),
        );
        const checked = checkPlan(await receiveFile(bytes, mostPlanBytes));
        return database.write(guest.municipalityId, async (tx) => {
          const taken = await take(tx, guest, device);
          assertMayKeep(taken);
          await plans.keep(tx, guest, await citizenOf(tx, taken), checked);
          await bump(tx, taken.call.id);
          return show.page(tx, taken);
        });
      }),

    /** @throws DomainError not_found where there is none */
    read: async (
      tx: Tx,
      guest: Guest,
      device: string,
    ): Promise<{ readonly mediaType: string; readonly bytes: Buffer }> => {
      const seen = await desk.look(tx, guest, device);
      assertMayLook(seen);
      return oneOfFew(async () => {
        const { format, file } = await plans.read(tx, guest, await citizenOf(tx, seen), 'visit');
        return { mediaType: mediaTypes[format], bytes: file };
      });
    },

    /** The citizen's word alone; said again it changes nothing. @throws DomainError not_allowed */
    remove: async (tx: Tx, guest: Guest, device: string): Promise<CallPage> => {
      const taken = await take(tx, guest, device);
      assertMayLook(taken);
      if (guest.kind !== 'citizen') throw new DomainError('not_allowed', { permission: 'calls:host' });
      if (await plans.remove(tx, guest, await citizenOf(tx, taken))) await bump(tx, taken.call.id);
      return show.page(tx, taken);
    },
  };
}
