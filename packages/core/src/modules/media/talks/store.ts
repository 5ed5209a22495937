import { randomUUID } from 'node:crypto';
import type { TalkState } from '../../../contract/index.ts';
import type { Shift } from '../../../contract/visit-rules.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';

export interface TalkRow {
  readonly id: string;
  readonly citizenId: string;
  /** Code and initials. */
  readonly citizen: string;
  readonly workerId: string;
  readonly worker: string;
  readonly state: TalkState;
  readonly wishedAt: Date;
  readonly askedAt: Date;
  readonly answeredAt: Date | null;
  readonly visitId: string | null;
}

/** Whom a citizen would talk with. */
export interface TalkPartner {
  readonly id: string;
  readonly initials: string;
  readonly name: string;
  readonly shift: Shift;
}

/** @param whose the citizen's own worker, or whose visit it is while they have none; or whose visit it is in any case */
export async function readPartner(
  tx: ReadTx,
  visitId: string,
  whose: 'own' | 'of the visit' = 'own',
): Promise<TalkPartner> {
  const [row] = await queryHot<TalkPartner>(
    tx,
    Prisma.sql`
    SELECT w.id, w.initials, w.name, w.shift FROM visit v
    JOIN citizen c ON c.municipality_id = v.municipality_id AND c.id = v.citizen_id
    LEFT JOIN staff own ON own.municipality_id = c.municipality_id AND own.id = c.worker_id AND own.ended_at IS NULL AND ${whose === 'own'}
    JOIN staff w ON w.municipality_id = v.municipality_id AND w.id = coalesce(own.id, v.worker_id)
    WHERE v.id = ${visitId}::uuid`,
  );
  if (row === undefined) throw new Error('a visit has a worker');
  return row;
}

const shown = (where: Prisma.Sql) => Prisma.sql`
  SELECT t.id, t.citizen_id AS "citizenId", c.code AS citizen, t.worker_id AS "workerId", w.initials AS worker, t.state,
    t.wished_at AS "wishedAt", t.asked_at AS "askedAt", t.answered_at AS "answeredAt", t.visit_id AS "visitId"
  FROM talk_request t
  JOIN citizen c ON c.municipality_id = t.municipality_id AND c.id = t.citizen_id
  JOIN staff w ON w.municipality_id = t.municipality_id AND w.id = t.worker_id
  WHERE ${where}`;

export async function findTalk(tx: ReadTx, id: string): Promise<TalkRow | null> {
  const [row] = await queryHot<TalkRow>(tx, shown(Prisma.sql`t.id = ${id}::uuid`));
  return row ?? null;
}

/** The same, held until the transaction ends. */
export async function lockTalk(tx: Tx, id: string): Promise<TalkRow | null> {
  const [row] = await queryHot<TalkRow>(
    tx,
    Prisma.sql`${shown(Prisma.sql`t.id = ${id}::uuid`)} FOR UPDATE OF t`,
  );
  return row ?? null;
}

/** What a citizen has asked for and waits for. */
export async function findOpenTalk(tx: ReadTx, citizenId: string): Promise<TalkRow | null> {
  const [row] = await queryHot<TalkRow>(
    tx,
    shown(Prisma.sql`t.citizen_id = ${citizenId}::uuid AND t.state = 'asked'`),
  );
  return row ?? null;
}

/** The longest waiting first. */
export const listOpenTalks = (tx: ReadTx, workerId: string): Promise<TalkRow[]> =>
  queryHot<TalkRow>(
    tx,
    Prisma.sql`${shown(Prisma.sql`t.worker_id = ${workerId}::uuid AND t.state = 'asked'`)} ORDER BY t.asked_at, t.id`,
  );

export interface Counter {
  readonly visit: string;
  readonly citizen: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** Visits of a worker for which a citizen proposed another time. */
export const listCounters = (tx: ReadTx, workerId: string, now: Date): Promise<Counter[]> =>
  queryHot<Counter>(
    tx,
    Prisma.sql`
    SELECT v.id AS visit, c.code AS citizen, v.planned_starts_at AS "startsAt", v.planned_ends_at AS "endsAt" FROM visit v
    JOIN citizen c ON c.municipality_id = v.municipality_id AND c.id = v.citizen_id
    WHERE v.worker_id = ${workerId}::uuid AND v.state = 'proposed' AND v.proposed_by = 'citizen' AND v.happens_at > ${now}::timestamptz
    ORDER BY v.happens_at, v.id`,
  );

/** @returns the request, or null where one is open already */
export async function insertTalk(
  tx: Tx,
  talk: Pick<TalkRow, 'citizenId' | 'workerId' | 'wishedAt' | 'askedAt'>,
): Promise<string | null> {
  const rows = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`
    INSERT INTO talk_request (municipality_id, id, citizen_id, worker_id, state, wished_at, asked_at)
    VALUES (app_municipality(), ${randomUUID()}::uuid, ${talk.citizenId}::uuid, ${talk.workerId}::uuid, 'asked', ${talk.wishedAt}, ${talk.askedAt})
    ON CONFLICT (municipality_id, citizen_id) WHERE state = 'asked' DO NOTHING RETURNING id`,
  );
  return rows[0]?.id ?? null;
}

/** @returns those that were open until now */
export const withdrawTalks = (tx: Tx, citizenId: string, now: Date): Promise<{ readonly id: string }[]> =>
  queryHot<{ id: string }>(
    tx,
    Prisma.sql`
    UPDATE talk_request SET state = 'withdrawn', answered_at = ${now}
    WHERE municipality_id = app_municipality() AND citizen_id = ${citizenId}::uuid AND state = 'asked' RETURNING id`,
  );

export async function answerTalk(
  tx: Tx,
  id: string,
  answer: { readonly state: 'proposed' | 'declined'; readonly visitId: string | null },
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE talk_request SET state = ${answer.state}, visit_id = ${answer.visitId}::uuid, answered_at = ${now}
    WHERE municipality_id = app_municipality() AND id = ${id}::uuid`;
}

/** When worker and citizen speak next, where that is planned. */
export async function findNextVisit(
  tx: ReadTx,
  of: Pick<TalkRow, 'citizenId' | 'workerId'>,
  now: Date,
): Promise<{ readonly startsAt: Date; readonly endsAt: Date } | null> {
  const [row] = await queryHot<{ startsAt: Date; endsAt: Date }>(
    tx,
    Prisma.sql`
    SELECT v.planned_starts_at AS "startsAt", v.planned_ends_at AS "endsAt" FROM visit v
    WHERE v.citizen_id = ${of.citizenId}::uuid AND v.worker_id = ${of.workerId}::uuid AND v.state = 'planned'
      AND v.planned_starts_at > ${now}::timestamptz
    ORDER BY v.planned_starts_at LIMIT 1`,
  );
  return row ?? null;
}
