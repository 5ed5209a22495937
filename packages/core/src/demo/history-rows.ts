import { createHash } from 'node:crypto';
import { type MilestoneNeed, usualRhythm } from '../contract/index.ts';
import { addDays, fromLocal } from '../kernel/time-zone.ts';
import type { LedgerEntry } from '../ledger/index.ts';
import { lastDayOf, saltedHash } from '../modules/programme/index.ts';
import type { Tx } from '../storage/index.ts';
import type { DemoLeaf } from './demo-leaf.ts';
import { type History, inventHistory } from './history.ts';
import { publishedCourse, publishedMilestones } from './history-published.ts';
import { insert } from './insert.ts';

/** It never changes, so it is made once. */
let made: History | undefined;
const theHistory = (): History => {
  made ??= inventHistory();
  return made;
};

const startsOn = `${publishedCourse.from}-01`;
const endsOn = publishedCourse.hasReceived.on;
const noon = (day: string): Date => fromLocal(`${day}T12:00`);
/** Members send their month on the fifth of the next, and the lead has the total on the sixth. */
const receivedAt = (month: string): Date => noon(addDays(lastDayOf(month), 5));
const publishedAt = (month: string): Date => noon(addDays(lastDayOf(month), 6));
const hex = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A month's table as it was given out, and its salt, which is the same each time as everything here. */
function tableOf(history: History, nth: number) {
  const { month, exact = [], shown = [] } = history.months[nth] ?? {};
  const table = exact.map(({ counts: _, ...unit }, place) => ({ ...unit, figures: shown[place] ?? {} }));
  const salt = createHash('sha256').update(`naer demo history ${month}`).digest().subarray(0, 16);
  return { table, salt, hash: saltedHash(salt, table) };
}

/** Writes the course of the past as the services would have written it then. */
export async function writeHistory(tx: Tx): Promise<void> {
  const history = theHistory();
  const of = { programme_id: history.programme };
  const stamps = { created_at: noon(startsOn), updated_at: noon(startsOn) };
  await insert(tx, 'programme', [
    {
      id: history.programme,
      name: history.name,
      kind: 'lead',
      target_group: publishedCourse.targetGroup,
      starts_on: startsOn,
      trial_on: null,
      ends_on: endsOn,
      rhythm: usualRhythm,
      invitation: null,
      is_history: true,
      ...stamps,
    },
  ]);
  await insert(
    tx,
    'milestone',
    publishedMilestones.map(({ code, due, da, en, needs }) => ({
      ...of,
      code,
      due_on: due,
      title_da: da,
      title_en: en,
      needs,
      updated_at: noon(startsOn),
    })),
  );
  await insert(
    tx,
    'programme_activity',
    history.activities.map(({ code, doneOn }) => ({
      ...of,
      code,
      status: 'done',
      responsible: null,
      starts_on: null,
      due_on: dueOf(code),
      done_on: doneOn,
      cases: 0,
      evidence: [],
      updated_at: noon(doneOn),
    })),
  );
  await insert(
    tx,
    'programme_member',
    history.members.map(({ id, name, signer, targetGroup, from }) => ({
      ...of,
      id,
      name,
      verifier_keys: [signer.verifier.verifierKey],
      target_group: targetGroup,
      joined_on: `${from}-01`,
      left_on: null,
    })),
  );
  await insert(
    tx,
    'contribution',
    history.contributions.map(({ id, memberId, month, note, figures }) => ({
      ...of,
      id,
      member_id: memberId,
      month: `${month}-01`,
      note,
      figures,
      received_at: receivedAt(month),
    })),
  );
  await insert(
    tx,
    'published_month',
    history.months.map(({ month, exact }, nth) => {
      const { table, salt, hash } = tableOf(history, nth);
      return {
        ...of,
        month: `${month}-01`,
        size: 0,
        exact,
        shown: table,
        salt: hex(salt),
        hash,
        published_at: publishedAt(month),
      };
    }),
  );
}

const dueOf = (code: string): string | null =>
  publishedMilestones.find(({ needs }) =>
    needs.some((need: MilestoneNeed) => need.kind === 'activity' && need.what === code),
  )?.due ?? null;

/** What the lead's ledger tells of the course, in the order of time. */
export function historyLeaves(actor: string): DemoLeaf[] {
  const history = theHistory();
  const { programme } = history;
  const leaf = (occurredAt: Date, entry: LedgerEntry, by = actor): DemoLeaf => ({
    actor: by,
    occurredAt,
    entry,
  });
  const leaves = [
    leaf(noon(startsOn), {
      type: 'programme.changed',
      programme,
      kind: 'lead',
      targetGroup: publishedCourse.targetGroup,
      startsOn,
      trialOn: null,
      endsOn,
    }),
    ...publishedMilestones.map(({ code, due, needs }) =>
      leaf(noon(startsOn), { type: 'milestone.set', programme, milestone: code, due, needs, removed: false }),
    ),
    ...history.members.map(({ id, from }) =>
      leaf(noon(`${from}-01`), { type: 'member.changed', programme, member: id, state: 'joined' }),
    ),
    ...history.activities.map(({ code, doneOn }) =>
      leaf(noon(doneOn), {
        type: 'activity.changed',
        programme,
        activity: code,
        status: 'done',
        on: doneOn,
        cases: 0,
        evidence: 0,
      }),
    ),
    ...history.contributions.map(({ id, memberId, month, note }) =>
      leaf(receivedAt(month), {
        type: 'contribution.received',
        programme,
        member: memberId,
        contribution: id,
        month,
        hash: hashOf(note),
      }),
    ),
    ...history.months.map(({ month }, nth) =>
      leaf(
        publishedAt(month),
        { type: 'month.published', programme, month, size: '0', hash: tableOf(history, nth).hash },
        'system',
      ),
    ),
  ];
  return leaves.sort((one, other) => one.occurredAt.getTime() - other.occurredAt.getTime());
}
