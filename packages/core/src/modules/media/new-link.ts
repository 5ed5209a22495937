import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import { type Database, Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import type { Identities } from '../citizens/index.ts';
import type { Messenger } from '../messaging/index.ts';
import type { CallVisits } from './call-visits.ts';
import { findLastLinkOfSeat } from './link-store.ts';
import type { BumpCall } from './record.ts';
import { getSeats, lockCall } from './store.ts';

export type Asker = { readonly email?: string | undefined; readonly phone?: string | undefined };

export interface NewLinkDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly listMunicipalityIds: () => Promise<readonly string[]>;
  readonly identities: Pick<Identities, 'findIndex' | 'readSealed' | 'open'>;
  readonly messenger: Pick<Messenger, 'send'>;
  readonly visits: Pick<CallVisits, 'issueLink'>;
  readonly bump: BumpCall;
  readonly onError: (error: unknown) => void;
}

/** Who presses the button again at once gets no second message. */
const pauseMs = 5 * 60_000;
/** How many asks are remembered or waited for; more than that at once is no citizen who lost a link. */
const mostRemembered = 10_000;
const mostWaiting = 50;
/** Links to what lies further ahead come with its reminders. */
const aheadMs = 14 * 86_400_000;
const mostLookedThrough = 2_000;

/**
 * A citizen has lost their link and asks for another from a page that nobody is logged in to. Whoever asks learns nothing: the
 * answer is given before anything is looked up, and what is sent goes where the vault says. A link that still holds is sent
 * again as it is, so nobody can take a call from somebody by asking in their place.
 */
export function createNewLinks(deps: NewLinkDeps) {
  const { clock, database, listMunicipalityIds, identities, messenger, visits, bump, onError } = deps;
  const asked = new Map<string, number>();
  const underWay = new Set<Promise<void>>();

  /** The next call of each citizen who is reached there. */
  const findCalls = async (
    tx: ReadTx,
    municipalityId: string,
    { phone, email }: Asker,
  ): Promise<string[]> => {
    const now = clock.now();
    const index = phone === undefined ? null : await identities.findIndex(tx, municipalityId, 'phone', phone);
    if (email === undefined && index === null) return [];
    const rows = await queryHot<{ callId: string; citizenId: string }>(
      tx,
      Prisma.sql`
      SELECT DISTINCT ON (v.citizen_id) c.id AS "callId", v.citizen_id AS "citizenId"
      FROM call c JOIN visit v ON v.municipality_id = c.municipality_id AND v.id = c.visit_id
        JOIN citizen_vault vault ON vault.municipality_id = v.municipality_id AND vault.citizen_id = v.citizen_id
      WHERE c.state IN ('prepared', 'on') AND c.closes_at > ${now}::timestamptz
        AND c.opens_at < ${new Date(now.getTime() + aheadMs)}::timestamptz
        AND (${index}::bytea IS NULL OR vault.phone_index = ${index}::bytea)
      ORDER BY v.citizen_id, c.closes_at LIMIT ${mostLookedThrough}`,
    );
    if (email === undefined) return rows.map(({ callId }) => callId);
    // Addresses of mail have no index: only those who are expected in these days are looked through.
    const sealed = await identities.readSealed(
      tx,
      rows.map(({ citizenId }) => citizenId),
    );
    const found: string[] = [];
    for (const { callId, citizenId } of rows) {
      const row = sealed.get(citizenId);
      if (row === undefined) continue;
      const { identity } = await identities.open(municipalityId, row);
      if (identity.email?.toLowerCase() === email.toLowerCase()) found.push(callId);
    }
    return found;
  };

  const send = (municipalityId: string, callId: string): Promise<void> =>
    database.write(municipalityId, async (tx) => {
      const [call, now] = [await lockCall(tx, callId), clock.now()];
      const seat = (await getSeats(tx, callId)).find(({ kind }) => kind === 'citizen');
      if (seat === undefined || seat.state === 'refused' || call.endedAt !== null) return;
      const last = await findLastLinkOfSeat(tx, seat.id);
      if (last === null || last.revokedAt !== null || last.expiresAt <= now) {
        await visits.issueLink(tx, seat.id, call.closesAt, now, last?.pinHash ?? null);
        await bump(tx, callId);
      }
      const { visitId, citizenId } = call;
      const [visit] = await queryHot<{ startsAt: Date | null; endsAt: Date | null }>(
        tx,
        Prisma.sql`SELECT planned_starts_at AS "startsAt", planned_ends_at AS "endsAt" FROM visit WHERE id = ${visitId}::uuid`,
      );
      await messenger.send(tx, { citizenId }, 'new-link', {
        visitId,
        citizenId,
        startsAt: (visit?.startsAt ?? call.opensAt).toISOString(),
        endsAt: (visit?.endsAt ?? call.closesAt).toISOString(),
      });
    });

  const work = async (to: Asker): Promise<void> => {
    // The answer is on its way first.
    await setImmediate();
    for (const id of await listMunicipalityIds())
      for (const callId of await database.read(id, (tx) => findCalls(tx, id, to))) await send(id, callId);
  };

  const isTooSoon = (to: Asker): boolean => {
    const now = clock.now().getTime();
    const key = createHash('sha256')
      .update(to.phone ?? to.email ?? '')
      .digest('base64');
    const last = asked.get(key);
    if (last !== undefined && now - last < pauseMs) return true;
    asked.delete(key);
    asked.set(key, now);
    for (const oldest of asked.keys()) {
      if (asked.size <= mostRemembered) break;
      asked.delete(oldest);
    }
    return false;
  };

  return {
    /** Returns at once, and the same for everybody. */
    ask: (to: Asker): void => {
      if (isTooSoon(to) || underWay.size >= mostWaiting) return;
      const job = work(to)
        .catch(onError)
        .finally(() => underWay.delete(job));
      underWay.add(job);
    },
    /** Settles when what was asked for until now is done. */
    settled: async (): Promise<void> => {
      await Promise.all(underWay);
    },
  };
}
