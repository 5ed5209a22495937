import type { ActivityPlan, ProgrammePhase, Track } from '../../../contract/index.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { begunOn } from './activities.ts';
import { findInHandbook } from './handbook.ts';
import type { ActivityRow, DecisionRow } from './plan-store.ts';
import type { ProgrammeRow } from './rows.ts';

/** What phase, tracks and readiness are derived from: the plan as it was on the day `at`. */
export interface PlanFacts {
  readonly at: string;
  readonly programme: Pick<ProgrammeRow, 'startsOn' | 'trialOn' | 'endsOn'>;
  readonly activities: readonly ActivityRow[];
  readonly decisions: readonly Pick<DecisionRow, 'kind' | 'choice' | 'on'>[];
}

const earliest = (days: readonly (string | null | undefined)[]): string | null =>
  days.reduce<string | null>(
    (first, day) => (day != null && (first === null || day < first) ? day : first),
    null,
  );

/**
 * The phase that a programme is in (domain page, section 6), the furthest of those that it has come to:
 * exploration, until it is decided how video visits are delivered, or preparation (F1 to F9) has begun;
 * installation, until the day that the trial is to begin, or, where none is named, an activity of implementation has begun;
 * trial, until standing follow-up (D1) has begun or the programme is over;
 * full implementation from then on.
 */
export function phaseOn({ at, programme, activities, decisions }: PlanFacts): ActivityPlan['phase'] {
  const began = (wanted: 'preparation' | 'implementation' | 'operation') =>
    earliest(activities.map((row) => (findInHandbook(row.code)?.phase === wanted ? begunOn(row) : null)));
  const delivery = decisions.find(({ kind }) => kind === 'delivery')?.on;
  const since: Readonly<Record<ProgrammePhase, string | null>> = {
    exploration: programme.startsOn,
    installation: earliest([delivery, began('preparation')]),
    trial: programme.trialOn ?? began('implementation'),
    'full-implementation': earliest([
      began('operation'),
      programme.endsOn === null ? null : addDays(programme.endsOn, 1),
    ]),
  };
  const reached = (phase: ProgrammePhase): boolean => {
    const day = since[phase];
    return day !== null && day <= at;
  };
  const phase = (['full-implementation', 'trial', 'installation'] as const).find(reached) ?? 'exploration';
  return { phase, since: reached(phase) ? since[phase] : null };
}

/** Days before a trial within which what is missing for it is urgent. *Ours*. */
export const trialNearDays = 28;
/** The handbook asks for three to five test cases (F9). */
export const fewestCases = 3;

/** Whether a trial runs or is about to begin. */
export function isTrialNear({ at, programme }: PlanFacts, phase: ProgrammePhase): boolean {
  if (phase === 'full-implementation') return false;
  return phase === 'trial' || (programme.trialOn !== null && programme.trialOn <= addDays(at, trialNearDays));
}

/**
 * What of a track is missing before a trial: what prepares it must be done, and the workers must have begun to practise
 * (I3). What is not relevant is not missing.
 */
export function missingBeforeTrial(track: Track, activities: readonly ActivityRow[]): string[] {
  return activities
    .filter((row) => {
      const entry = findInHandbook(row.code);
      if (entry === undefined || !entry.tracks.includes(track) || row.status === 'not-relevant') return false;
      if (entry.code === 'I3') return row.status === 'not-started';
      return entry.phase === 'preparation' && row.status !== 'done';
    })
    .map(({ code }) => code);
}

/** How far a track is, over the handbook's activities that are relevant. */
export function trackOn(track: Track, activities: readonly ActivityRow[]): ActivityPlan['tracks'][number] {
  const relevant = activities.filter(
    (row) => row.status !== 'not-relevant' && findInHandbook(row.code)?.tracks.includes(track) === true,
  );
  return {
    track,
    done: relevant.filter(({ status }) => status === 'done').length,
    of: relevant.length,
    ready: missingBeforeTrial(track, activities).length === 0,
  };
}
