import { randomUUID } from 'node:crypto';
import type { Channel, PartKind, VisitState } from '../../../contract/index.ts';
import { fromLocal } from '../../../kernel/time-zone.ts';
import type { Actor } from '../../identity/index.ts';
import { createVisitsFixture } from '../fixture.ts';
import { closedPart, openPart, type Part } from '../rules.ts';
import { insertVisit, replaceParts } from '../store.ts';
import type { Grant } from './rules.ts';

/** A stretch of time by Danish clocks: "2026-11-24T10:00" and whole minutes, or null while it goes on. */
type Stretch = readonly [kind: PartKind, local: string, minutes: number | null];

export interface Past {
  readonly channel?: Channel;
  readonly state?: VisitState;
  readonly planned?: readonly [local: string, minutes: number];
  readonly parts?: readonly Stretch[];
}

const spanOf = (local: string, minutes: number) => {
  const startsAt = fromLocal(local);
  return { startsAt, endsAt: new Date(startsAt.getTime() + minutes * 60_000) };
};
const partOf = ([kind, local, minutes]: Stretch): Part =>
  minutes === null ? openPart(kind, fromLocal(local)) : closedPart(kind, spanOf(local, minutes));

/** A municipality whose history is written straight into its tables: weeks of it, as it would be long afterwards. */
export async function createHistoryFixture() {
  const fixture = await createVisitsFixture();
  const idOf = async (code: string): Promise<string> => {
    const { rows } = await fixture.superuser.query<{ id: string }>('SELECT id FROM citizen WHERE code = $1', [
      code,
    ]);
    return rows[0]?.id ?? '';
  };
  return {
    ...fixture,
    idOf,
    /** What the citizen was granted over time, and nothing else. */
    grant: async (code: string, ...grants: readonly Grant[]): Promise<void> => {
      const id = await idOf(code);
      await fixture.superuser.query('DELETE FROM citizen_grant WHERE citizen_id = $1', [id]);
      for (const { from, minutes, per } of grants)
        await fixture.superuser.query('INSERT INTO citizen_grant VALUES ($1, $2, $3, $4, $5)', [
          fixture.municipalityId,
          id,
          from,
          minutes,
          per,
        ]);
    },
    visit: async (
      code: string,
      worker: Actor,
      { channel = 'video', state = 'held', planned, parts = [] }: Past,
    ): Promise<string> => {
      const id = randomUUID();
      const citizenId = await idOf(code);
      const stretches = parts.map(partOf);
      const plan = planned === undefined ? null : spanOf(...planned);
      const happensAt = stretches[0]?.startsAt ?? plan?.startsAt ?? new Date(0);
      await fixture.as(worker, async (tx) => {
        const facts = {
          id,
          citizenId,
          workerId: worker.staffId,
          channel,
          origin: plan === null ? ('unplanned' as const) : ('planned' as const),
          state,
          happensAt,
          plannedStartsAt: plan?.startsAt ?? null,
          plannedEndsAt: plan?.endsAt ?? null,
          proposedBy: state === 'proposed' ? ('worker' as const) : null,
          purposes: [],
          topics: [],
          bookingId: null,
          ownsBooking: false,
          planId: null,
          planWeek: null,
          planSlot: null,
          endedBy: null,
          endedReason: null,
          overruled: [],
          revision: 1,
        };
        await insertVisit(tx, facts, fixture.clock.now());
        await replaceParts(tx, id, stretches);
      });
      return id;
    },
  };
}

export type HistoryFixture = Awaited<ReturnType<typeof createHistoryFixture>>;
