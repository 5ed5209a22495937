import type { Clock } from '../../kernel/clock.ts';
import { type Database, Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import type { Identities } from '../citizens/index.ts';
import type { Messenger } from '../messaging/index.ts';
import { getVisits } from '../visits/index.ts';
import type { CallVisits } from './call-visits.ts';
import type { Ask, Asker, LinkAsks } from './link-asks.ts';
import { tellLink } from './link-message.ts';
import { findLastLinkOfSeat } from './link-store.ts';
import type { BumpCall } from './record.ts';
import { getSeats, lockCall } from './store.ts';

export interface NewLinkDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly listMunicipalityIds: () => Promise<readonly string[]>;
  readonly identities: Pick<Identities, 'findIndex' | 'readSealed' | 'open' | 'openForCall'>;
  readonly messenger: Pick<Messenger, 'send'>;
  readonly visits: Pick<CallVisits, 'issueLink'>;
  readonly asks: LinkAsks;
  readonly bump: BumpCall;
}

/** Links to what lies further ahead come with its reminders. */
const aheadMs = 14 * 86_400_000;
const mostLookedThrough = 2_000;
/** Doubling from five seconds to at most an hour, for a day: by then the reminders have brought another link, or there is no call. */
const firstDelayMs = 5_000;
const longestDelayMs = 3_600_000;
const givenUpAfterMs = 86_400_000;

interface FoundSeat {
  readonly callId: string;
  readonly citizenId: string;
  readonly seatId: string;
}

/**
 * Somebody has lost their link and asks for another from a page that nobody is logged in to. Whoever asks learns nothing: what is
 * asked for is kept, the same for everybody, and looked for afterwards; what is sent goes where the vault says, or where a
 * guest was invited. A link that still holds is sent again as it is, so nobody can take a call from somebody by asking in
 * their place. What was done by half is done again, and nobody gets two messages for it.
 */
export function createNewLinks(deps: NewLinkDeps) {
  const { clock, database, listMunicipalityIds, identities, messenger, visits, asks, bump } = deps;

  const isSame = (found: { readonly phone: string | null; readonly email: string | null }, asked: Asker) =>
    asked.phone === undefined
      ? found.email?.toLowerCase() === asked.email?.toLowerCase()
      : found.phone === asked.phone;

  const soon = (now: Date) => Prisma.sql`
    c.state IN ('prepared', 'on') AND c.closes_at > ${now}::timestamptz AND c.opens_at < ${new Date(now.getTime() + aheadMs)}::timestamptz`;

  /** The next call of each citizen who is reached there. */
  const findCitizens = async (tx: ReadTx, municipalityId: string, to: Asker): Promise<FoundSeat[]> => {
    const { phone } = to;
    const index = phone === undefined ? null : await identities.findIndex(tx, municipalityId, 'phone', phone);
    if (phone !== undefined && index === null) return [];
    const rows = await queryHot<FoundSeat>(
      tx,
      Prisma.sql`
      SELECT DISTINCT ON (v.citizen_id) c.id AS "callId", v.citizen_id AS "citizenId", s.id AS "seatId"
      FROM call c JOIN visit v ON v.municipality_id = c.municipality_id AND v.id = c.visit_id
        JOIN call_seat s ON s.municipality_id = c.municipality_id AND s.call_id = c.id AND s.kind = 'citizen'
        JOIN citizen_vault vault ON vault.municipality_id = v.municipality_id AND vault.citizen_id = v.citizen_id
      WHERE ${soon(clock.now())} AND (${index}::bytea IS NULL OR vault.phone_index = ${index}::bytea)
      ORDER BY v.citizen_id, c.closes_at LIMIT ${mostLookedThrough}`,
    );
    if (phone !== undefined) return rows;
    // Addresses of mail have no index: only those who are expected in these days are looked through.
    const sealed = await identities.readSealed(
      tx,
      rows.map(({ citizenId }) => citizenId),
    );
    const found: FoundSeat[] = [];
    for (const row of rows) {
      const kept = sealed.get(row.citizenId);
      if (kept === undefined) continue;
      if (isSame((await identities.open(municipalityId, kept)).identity, to)) found.push(row);
    }
    return found;
  };

  /** The next meeting with each citizen that somebody was invited to there. Their addresses have no index either. */
  const findGuests = async (tx: ReadTx, municipalityId: string, to: Asker): Promise<FoundSeat[]> => {
    const rows = await queryHot<FoundSeat & { readonly sealed: Uint8Array }>(
      tx,
      Prisma.sql`
      SELECT c.id AS "callId", v.citizen_id AS "citizenId", s.id AS "seatId", s.sealed_address AS sealed
      FROM call_seat s JOIN call c ON c.municipality_id = s.municipality_id AND c.id = s.call_id
        JOIN visit v ON v.municipality_id = c.municipality_id AND v.id = c.visit_id
        JOIN citizen_vault vault ON vault.municipality_id = v.municipality_id AND vault.citizen_id = v.citizen_id
      WHERE s.kind = 'guest' AND s.sealed_address IS NOT NULL AND ${soon(clock.now())}
      ORDER BY c.closes_at LIMIT ${mostLookedThrough}`,
    );
    const found = new Map<string, FoundSeat>();
    for (const { sealed, ...row } of rows) {
      const { citizenId, seatId } = row;
      if (found.has(citizenId)) continue;
      const address = await identities.openForCall(
        tx,
        { municipalityId, citizenId, what: 'guest-address', id: seatId },
        sealed,
      );
      if (isSame({ phone: address, email: address }, to)) found.set(citizenId, row);
    }
    return [...found.values()];
  };

  const send = (municipalityId: string, { callId, seatId }: FoundSeat, ask: Ask): Promise<void> =>
    database.write(municipalityId, async (tx) => {
      const [call, now] = [await lockCall(tx, callId), clock.now()];
      const seat = (await getSeats(tx, callId)).find(({ id }) => id === seatId);
      if (seat === undefined || seat.state === 'refused' || call.endedAt !== null) return;
      const last = await findLastLinkOfSeat(tx, seat.id);
      if (last === null || last.revokedAt !== null || last.expiresAt <= now) {
        await visits.issueLink(tx, seat.id, call.closesAt, now);
        await bump(tx, callId);
      }
      const [visit] = await getVisits(tx, [call.visitId]);
      // One asking of one address; the little there is of its hash only tells apart two at the same instant.
      const oncePer = [seatId, ask.askedAt.toISOString(), ask.id.toString('hex', 0, 4)].join(':');
      if (visit !== undefined) await tellLink(tx, messenger, { call, visit }, seat, 'new-link', { oncePer });
    });

  /** Everywhere, also where it fails in one municipality: that is no reason for the others to wait. */
  const look = async (to: Asker, ask: Ask): Promise<void> => {
    const failures: unknown[] = [];
    for (const id of await listMunicipalityIds())
      try {
        const found = await database.read(id, async (tx) => [
          ...(await findCitizens(tx, id, to)),
          ...(await findGuests(tx, id, to)),
        ]);
        for (const seat of found) await send(id, seat, ask);
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw new AggregateError(failures, 'not looked for everywhere');
  };

  return {
    /** Settles when it is kept, the same for everybody. */
    ask: asks.keep,

    /** For the job that looks for what was asked for. */
    claim: asks.claim,
    handle: async (ask: Ask): Promise<void> => {
      const now = clock.now().getTime();
      try {
        if (ask.to !== null) await look(ask.to, ask);
      } catch (error) {
        const pause = Math.min(firstDelayMs * 2 ** (ask.attempt - 1), longestDelayMs);
        if (now - ask.askedAt.getTime() < givenUpAfterMs) await asks.retry(ask, new Date(now + pause));
        else await asks.settle(ask);
        throw error;
      }
      await asks.settle(ask);
    },
  };
}
