import {
  type ActivityPlan,
  type DecisionKind,
  decisionKinds,
  type FollowUpKind,
  followUpKinds,
  type Language,
  type Readiness,
  type Rhythm,
  readinessKinds,
  tracks,
} from '../../../contract/index.ts';
import { decisionKindWords, followUpWords } from '../../../contract/programme-words.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { findInHandbook } from './handbook.ts';
import { fewestCases, isTrialNear, missingBeforeTrial, type PlanFacts } from './phases.ts';
import type { HeldRow, TargetRow } from './plan-store.ts';
import type { StaffCounts } from './preparation-store.ts';
import { joined, shownDay } from './sentences.ts';

export interface ReadinessFacts extends PlanFacts {
  readonly phase: ActivityPlan['phase'];
  readonly followUps: ActivityPlan['followUps'];
  readonly targets: readonly TargetRow[];
  /** Null where the programme has no staff of its own: a joint one, as its lead sees it. */
  readonly staff: StaffCounts | null;
}

type Finding = Omit<Readiness, 'sentence'> & { readonly da: string; readonly en: string };
const weights = ['stop', 'warn', 'note'] as const;

/**
 * The six standing follow-ups with their rhythm. The clock begins with the trial: until then none is overdue, and the
 * first comes one rhythm after the trial begins.
 *
 * @param trialSince the day the trial began or is to begin, null while nobody knows
 */
export function followUpsOn(
  at: string,
  {
    rhythm,
    held,
    trialSince,
  }: { readonly rhythm: Rhythm; readonly held: readonly HeldRow[]; readonly trialSince: string | null },
): ActivityPlan['followUps'] {
  return followUpKinds.map((kind) => {
    const lastOn = held.find((one) => one.kind === kind)?.lastOn ?? null;
    const everyWeeks = rhythm[kind];
    const nextOn = addDays(lastOn ?? trialSince ?? at, everyWeeks * 7);
    const isTrying = trialSince !== null && trialSince <= at;
    return { kind, everyWeeks, lastOn, nextOn, overdue: isTrying && nextOn < at };
  });
}

/**
 * What a leader should know before going on, the heaviest first (domain page, section 6). `stop`: a trial begins or runs
 * without what it needs. `warn`: it holds the programme back now. `note`: there is still time.
 */
export function readinessOn(facts: ReadinessFacts, language: Language): Readiness[] {
  const findings = [
    ...withoutTest(facts),
    ...tracksApart(facts),
    ...decisionsMissing(facts),
    ...logisticsUntried(facts),
    ...staffUnprepared(facts),
    ...followUpsOverdue(facts),
    ...activitiesOverdue(facts),
    ...targetMissing(facts),
  ];
  return findings
    .map(({ kind, activity, weight, ...sentence }) => ({
      kind,
      activity,
      weight,
      sentence: sentence[language],
    }))
    .sort(
      (a, b) =>
        weights.indexOf(a.weight) - weights.indexOf(b.weight) ||
        readinessKinds.indexOf(a.kind) - readinessKinds.indexOf(b.kind),
    );
}

const activityIn = ({ activities }: PlanFacts, code: string) => activities.find((row) => row.code === code);
const isRelevant = (facts: PlanFacts, code: string): boolean =>
  activityIn(facts, code)?.status !== 'not-relevant';

/** "begynder 5. januar 2026" or "er i gang", for a sentence about the trial. */
function trialSaid({ at, programme }: PlanFacts): { readonly da: string; readonly en: string } {
  const { trialOn } = programme;
  return trialOn !== null && trialOn > at
    ? {
        da: `Afprøvningen begynder ${shownDay(trialOn, 'da')}`,
        en: `The trial begins on ${shownDay(trialOn, 'en')}`,
      }
    : { da: 'Afprøvningen er i gang', en: 'The trial is running' };
}

function withoutTest(facts: ReadinessFacts): Finding[] {
  const cases = activityIn(facts, 'F9')?.cases ?? 0;
  if (!isTrialNear(facts, facts.phase.phase) || cases >= fewestCases || !isRelevant(facts, 'F9')) return [];
  const trial = trialSaid(facts);
  return [
    {
      kind: 'trial-without-test',
      activity: 'F9',
      weight: 'stop',
      da: `${trial.da}, men det hele er kun prøvet med ${cases} forløb; kør mindst ${fewestCases} (F9).`,
      en: `${trial.en}, but the set-up was tested with only ${cases} ${cases === 1 ? 'case' : 'cases'}; run at least ${fewestCases} (F9).`,
    },
  ];
}

function tracksApart(facts: ReadinessFacts): Finding[] {
  const { phase } = facts.phase;
  if (phase === 'full-implementation') return [];
  const missing = new Map(tracks.map((track) => [track, missingBeforeTrial(track, facts.activities)]));
  const near = isTrialNear(facts, phase);
  return tracks.flatMap((track): Finding[] => {
    const lacks = missing.get(track) ?? [];
    const otherReady = (missing.get(track === 'it' ? 'method' : 'it') ?? []).length === 0;
    // While there is time it is only worth a word that one of the two is left behind.
    if (lacks.length === 0 || (!near && (!otherReady || phase === 'exploration'))) return [];
    const it = track === 'it';
    const apart = {
      da: it ? 'Metoden er klar, it er ikke' : 'It er klar, metoden er ikke',
      en: it ? 'The method is ready, IT is not' : 'IT is ready, the method is not',
    };
    const alone = {
      da: it ? 'It er ikke klar' : 'Metoden er ikke klar',
      en: it ? 'IT is not ready' : 'The method is not ready',
    };
    const said = otherReady ? apart : alone;
    return [
      {
        kind: it ? 'it-not-ready' : 'method-not-ready',
        activity: findInHandbook(lacks[0] ?? '')?.code ?? null,
        weight: near ? 'stop' : 'warn',
        da: `${said.da}: ${joined(namesOf(lacks, 'da'), 'da')} mangler.`,
        en: `${said.en}: ${joined(namesOf(lacks, 'en'), 'en')} ${lacks.length === 1 ? 'is' : 'are'} missing.`,
      },
    ];
  });
}

/** So many are told by name; more would be a list that nobody reads to its end. */
const mostNamed = 2;

/** "»Prøv det hele af« (F9)", or codes alone where there are many. */
const namesOf = (codes: readonly string[], language: Language): string[] =>
  codes.map((code) => {
    const entry = findInHandbook(code);
    if (entry === undefined || codes.length > mostNamed) return code;
    return language === 'da' ? `»${entry.da}« (${code})` : `"${entry.en}" (${code})`;
  });

/** Nothing has to be decided while a municipality is still looking around. */
const isUnderWay = ({ phase }: ReadinessFacts): boolean => phase.phase !== 'exploration';
const urgency = (facts: ReadinessFacts): 'warn' | 'note' =>
  facts.phase.phase === 'full-implementation' || isTrialNear(facts, facts.phase.phase) ? 'warn' : 'note';

function decisionsMissing(facts: ReadinessFacts): Finding[] {
  const isMissing = (kind: DecisionKind) => {
    const made = facts.decisions.find((decision) => decision.kind === kind);
    return made === undefined || made.choice === 'not-decided';
  };
  const missing = decisionKinds.filter(isMissing);
  if (missing.length === 0 || !isUnderWay(facts)) return [];
  const words = (place: 0 | 1) => missing.map((kind) => decisionKindWords[kind][place]);
  return [
    {
      kind: 'decision-missing',
      activity: 'F3',
      weight: urgency(facts),
      da: `Det er ikke besluttet: ${joined(words(0), 'da')}.`,
      en: `Not decided yet: ${joined(words(1), 'en')}.`,
    },
  ];
}

function logisticsUntried(facts: ReadinessFacts): Finding[] {
  const equipment = facts.decisions.find(({ kind }) => kind === 'equipment')?.choice;
  const lends = equipment === 'loans' || equipment === 'both';
  const tried = ['F4', 'F9'].some((code) => (activityIn(facts, code)?.cases ?? 0) > 0);
  if (!lends || tried || !isRelevant(facts, 'F4') || facts.phase.phase === 'full-implementation') return [];
  return [
    {
      kind: 'logistics-untried',
      activity: 'F4',
      weight: isTrialNear(facts, facts.phase.phase) ? 'stop' : 'warn',
      da: 'Der skal lånes udstyr ud, men hele kæden fra indkøb til hjemtagning er ikke prøvet (F4).',
      en: 'Equipment is to be lent out, but the whole chain from procurement to recovery was never tried (F4).',
    },
  ];
}

function staffUnprepared(facts: ReadinessFacts): Finding[] {
  const { staff } = facts;
  if (staff === null || !isUnderWay(facts)) return [];
  const { employed } = staff;
  const untrained = employed - staff.trained;
  const uninformed = employed - staff.informed;
  const weight = urgency(facts);
  const found: Finding[] = [];
  if (untrained > 0)
    found.push({
      kind: 'staff-untrained',
      activity: 'I3',
      weight,
      da: `${untrained} af ${employed} bostøttemedarbejdere er ikke oplært endnu (I3).`,
      en: `${untrained} of ${employed} support workers are not trained yet (I3).`,
    });
  if (uninformed > 0)
    found.push({
      kind: 'staff-uninformed',
      activity: 'I6',
      weight,
      da: `${uninformed} af ${employed} bostøttemedarbejdere har ikke fået orientering om datasikkerhed (I6).`,
      en: `${uninformed} of ${employed} support workers have not been informed on data security (I6).`,
    });
  return found;
}

function followUpsOverdue({ followUps }: ReadinessFacts): Finding[] {
  const overdue = followUps.filter((one) => one.overdue);
  const [first] = [...overdue].sort((a, b) => (a.nextOn < b.nextOn ? -1 : 1));
  if (first === undefined) return [];
  const words = (place: 0 | 1) =>
    overdue.map(({ kind }: { readonly kind: FollowUpKind }) => followUpWords[kind][place]);
  return [
    {
      kind: 'follow-up-overdue',
      activity: 'D1',
      weight: 'warn',
      da: `Det er tid til at følge op på ${joined(words(0), 'da')}, siden ${shownDay(first.nextOn, 'da')} (D1).`,
      en: `Follow-up is overdue on ${joined(words(1), 'en')}, since ${shownDay(first.nextOn, 'en')} (D1).`,
    },
  ];
}

function activitiesOverdue({ at, activities }: ReadinessFacts): Finding[] {
  return activities.flatMap(({ code, dueOn, status }): Finding[] => {
    if (dueOn === null || dueOn >= at || status === 'done' || status === 'not-relevant') return [];
    const entry = findInHandbook(code);
    const da = entry === undefined ? code : `»${entry.da}« (${code})`;
    const en = entry === undefined ? code : `"${entry.en}" (${code})`;
    return [
      {
        kind: 'activity-overdue',
        activity: entry?.code ?? null,
        weight: 'warn',
        da: `${da} skulle være færdig ${shownDay(dueOn, 'da')}.`,
        en: `${en} was due on ${shownDay(dueOn, 'en')}.`,
      },
    ];
  });
}

function targetMissing(facts: ReadinessFacts): Finding[] {
  const expectation = facts.decisions.find(({ kind }) => kind === 'expectation')?.choice;
  if (expectation !== 'must' || facts.staff === null || facts.targets.some(({ due }) => due >= facts.at))
    return [];
  return [
    {
      kind: 'target-missing',
      activity: 'F2',
      weight: 'warn',
      da: 'Alle skal, men der er intet mål for, hvor mange borgere hver medarbejder skal have med (F2).',
      en: 'Everybody must, but there is no target for how many citizens each worker is to bring in (F2).',
    },
  ];
}
