import { z } from 'zod';
import { DomainError } from '../../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx, violatedConstraint } from '../../../storage/index.ts';
import type { Counts } from '../months/index.ts';

/** A member of a joint programme, as its lead knows it. */
export interface MemberRow {
  readonly id: string;
  readonly name: string;
  /** All keys that its log has signed with, the newest last. */
  readonly verifierKeys: readonly string[];
  readonly targetGroup: number;
  readonly joinedOn: string;
  readonly leftOn: string | null;
  /** The last month that it contributed. */
  readonly lastMonth: string | null;
}

/** What a member sent for a month, as its lead keeps it: exact, and read by nothing but what makes joint tables. */
export interface ContributionRow {
  readonly id: string;
  readonly memberId: string;
  readonly month: string;
  readonly note: string;
  readonly figures: {
    /** Of the log that they rest on. */
    readonly origin: string;
    readonly size: string;
    readonly root: string;
    readonly targetGroup: number;
    readonly counts: Counts;
  };
  readonly receivedAt: Date;
}

const figuresShape = z.object({
  origin: z.string(),
  size: z.string(),
  root: z.string(),
  targetGroup: z.int(),
  counts: z.record(z.string(), z.int()),
});

/** By name. */
export const listMembers = (tx: ReadTx, programmeId: string): Promise<MemberRow[]> =>
  queryHot<MemberRow>(
    tx,
    Prisma.sql`
      SELECT m.id, m.name, m.verifier_keys AS "verifierKeys", m.target_group AS "targetGroup", m.joined_on::text AS "joinedOn",
        m.left_on::text AS "leftOn",
        (SELECT to_char(max(c.month), 'YYYY-MM') FROM contribution c WHERE c.member_id = m.id) AS "lastMonth"
      FROM programme_member m WHERE m.programme_id = ${programmeId}::uuid ORDER BY m.name, m.id`,
  );

/** @throws DomainError not_found */
export async function getMember(tx: ReadTx, programmeId: string, id: string): Promise<MemberRow> {
  const found = (await listMembers(tx, programmeId)).find((member) => member.id === id);
  if (found === undefined) throw new DomainError('not_found', { kind: 'member' });
  return found;
}

/** @throws DomainError member_exists */
export async function insertMember(
  tx: Tx,
  programmeId: string,
  member: Omit<MemberRow, 'leftOn' | 'lastMonth'>,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
      INSERT INTO programme_member (municipality_id, programme_id, id, name, verifier_keys, target_group, joined_on)
      VALUES (app_municipality(), ${programmeId}::uuid, ${member.id}::uuid, ${member.name}, ${[...member.verifierKeys]}::text[],
        ${member.targetGroup}::int, ${member.joinedOn}::date)`,
  ).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'programme_member_name_unique') throw error;
    throw new DomainError('member_exists', { name: member.name });
  });
}

export const addKey = (tx: Tx, memberId: string, verifierKey: string): Promise<unknown> =>
  queryHot(
    tx,
    Prisma.sql`
      UPDATE programme_member SET verifier_keys = verifier_keys || ${verifierKey}::text WHERE id = ${memberId}::uuid`,
  );

/** A joint programme's target group is that of its members together. */
export const sumTargetGroup = (tx: Tx, programmeId: string, now: Date): Promise<unknown> =>
  queryHot(
    tx,
    Prisma.sql`
      UPDATE programme SET updated_at = ${now}::timestamptz,
        target_group = (SELECT greatest(1, sum(target_group)) FROM programme_member WHERE programme_id = ${programmeId}::uuid)
      WHERE id = ${programmeId}::uuid`,
  );

/** By month. */
export async function listContributions(tx: ReadTx, programmeId: string): Promise<ContributionRow[]> {
  const rows = await queryHot<Omit<ContributionRow, 'figures'> & { readonly figures: unknown }>(
    tx,
    Prisma.sql`
      SELECT id, member_id AS "memberId", to_char(month, 'YYYY-MM') AS month, note, figures, received_at AS "receivedAt"
      FROM contribution WHERE programme_id = ${programmeId}::uuid ORDER BY contribution.month, id`,
  );
  return rows.map((row) => ({ ...row, figures: figuresShape.parse(row.figures) }));
}

export const insertContribution = (tx: Tx, programmeId: string, row: ContributionRow): Promise<unknown> =>
  queryHot(
    tx,
    Prisma.sql`
      INSERT INTO contribution (municipality_id, id, programme_id, member_id, month, note, figures, received_at)
      VALUES (app_municipality(), ${row.id}::uuid, ${programmeId}::uuid, ${row.memberId}::uuid, ${`${row.month}-01`}::date,
        ${row.note}, ${JSON.stringify(row.figures)}::jsonb, ${row.receivedAt}::timestamptz)`,
  );
