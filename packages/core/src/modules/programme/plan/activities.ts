import type { Activity, ActivityStatus, Language } from '../../../contract/index.ts';
import { findInHandbook, handbook } from './handbook.ts';
import type { ActivityRow } from './plan-store.ts';
import type { PlannedMilestone } from './rows.ts';
import { badField, datesInvalid } from './rules.ts';

/** What a change of an activity tells; what is not told stays. */
export interface ActivityWish {
  readonly status?: ActivityStatus | undefined;
  /** The day that the status holds from. */
  readonly on?: string | undefined;
  readonly responsible?: ActivityRow['responsible'] | undefined;
  readonly startsOn?: string | null | undefined;
  readonly dueOn?: string | null | undefined;
  readonly cases?: number | undefined;
  readonly addEvidence?: string | undefined;
}

export const notStarted = (code: string): ActivityRow => ({
  code,
  status: 'not-started',
  responsible: null,
  startsOn: null,
  dueOn: null,
  doneOn: null,
  cases: 0,
  evidence: [],
});

/** More than this many references in one activity are rather a folder of the case system. */
const mostEvidence = 50;

/**
 * An activity as it is after a change, and the day that its status holds from.
 *
 * @param on the day told, already known not to lie in the future
 * @throws DomainError invalid_input, programme_dates_invalid
 */
export function changeActivity(
  row: ActivityRow,
  wish: ActivityWish,
  on: string,
): { readonly row: ActivityRow; readonly on: string } {
  const status = wish.status ?? row.status;
  if (
    wish.on !== undefined &&
    (status === 'not-started' || status === 'not-relevant') &&
    wish.status === undefined
  )
    throw badField('on', 'goes with a status: under-way or done');
  const evidence =
    wish.addEvidence === undefined || row.evidence.includes(wish.addEvidence)
      ? row.evidence
      : [...row.evidence, wish.addEvidence];
  if (evidence.length > mostEvidence)
    throw badField(
      'addEvidence',
      `there are ${mostEvidence} references already: keep a folder, and refer to it`,
    );
  // Saying again what holds already moves no day.
  const isTold = wish.on !== undefined || (wish.status !== undefined && wish.status !== row.status);
  const planned = wish.startsOn === undefined ? row.startsOn : wish.startsOn;
  const next: ActivityRow = {
    code: row.code,
    status,
    responsible: wish.responsible === undefined ? row.responsible : wish.responsible,
    startsOn: isTold ? begun(status, planned, wish, on) : planned,
    dueOn: wish.dueOn === undefined ? row.dueOn : wish.dueOn,
    doneOn: status === 'done' ? (isTold ? on : row.doneOn) : null,
    cases: wish.cases ?? row.cases,
    evidence,
  };
  if (next.startsOn !== null && next.doneOn !== null && next.doneOn < next.startsOn)
    throw datesInvalid('aktiviteten er færdig, før den begynder', 'the activity is done before it begins');
  if (next.startsOn !== null && next.dueOn !== null && next.dueOn < next.startsOn && wish.dueOn !== undefined)
    throw datesInvalid(
      'aktiviteten skal være færdig, før den begynder',
      'the activity is due before it begins',
    );
  return { row: next, on: (status === 'done' ? next.doneOn : isTold ? on : next.startsOn) ?? on };
}

/** An activity that is begun began on the day told, unless it began before or the same request says when. */
function begun(
  status: ActivityStatus,
  planned: string | null,
  wish: ActivityWish,
  on: string,
): string | null {
  if (wish.startsOn !== undefined || status === 'not-started' || status === 'not-relevant') return planned;
  if (status === 'under-way') return on;
  return planned === null || planned <= on ? planned : on;
}

/** An activity as it was on a day, as far as its days tell. */
export function activityOn(row: ActivityRow, at: string): ActivityRow {
  if (row.status === 'done' && row.doneOn !== null && row.doneOn > at)
    return activityOn({ ...row, status: 'under-way', doneOn: null }, at);
  if (row.status === 'under-way' && (row.startsOn === null || row.startsOn > at))
    return { ...row, status: 'not-started' };
  return row;
}

/** The day an activity began, or null while it has not. */
export const begunOn = (row: ActivityRow): string | null => {
  if (row.status === 'under-way') return row.startsOn;
  return row.status === 'done' ? (row.startsOn ?? row.doneOn) : null;
};

/** The words of milestones that are no codes of the handbook: activities of the municipality's own. */
export const ownWords = (milestones: readonly PlannedMilestone[]): string[] => [
  ...new Set(
    milestones.flatMap(({ needs }) =>
      needs.flatMap((need) =>
        need.kind === 'activity' && findInHandbook(need.what) === undefined ? [need.what] : [],
      ),
    ),
  ),
];

/**
 * All activities of a programme as they were on a day: the handbook's in its order, then those of the milestones' own
 * words in the order of the milestones, then others that were told of before.
 */
export function allActivities(
  rows: readonly ActivityRow[],
  milestones: readonly PlannedMilestone[],
  at: string,
): ActivityRow[] {
  const told = new Map(rows.map((row) => [row.code, row]));
  const codes = new Set([...handbook.map(({ code }) => code), ...ownWords(milestones), ...told.keys()]);
  return [...codes].map((code) => activityOn(told.get(code) ?? notStarted(code), at));
}

/** Who answers for it: whom the municipality named, else the first whom the handbook names. */
export function presentActivity(row: ActivityRow, language: Language): Activity {
  const entry = findInHandbook(row.code);
  return {
    code: row.code,
    phase: entry?.phase ?? 'own',
    tracks: [...(entry?.tracks ?? [])],
    da: entry?.da ?? row.code,
    en: entry?.en ?? row.code,
    steps: entry?.steps.map((step) => step[language]) ?? [],
    pitfall: entry?.pitfall[language] ?? null,
    status: row.status,
    responsible: row.responsible ?? entry?.actors[0] ?? null,
    startsOn: row.startsOn,
    dueOn: row.dueOn,
    doneOn: row.doneOn,
    cases: row.cases,
    evidence: [...row.evidence],
  };
}
