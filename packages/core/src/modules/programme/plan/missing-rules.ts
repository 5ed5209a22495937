import type { Figures, Language, MilestoneMeasure, Missing } from '../../../contract/index.ts';
import type { PlannedMilestone } from './rows.ts';
import { shownDay, shownNumber } from './sentences.ts';

/** What a measure is now, of the figures that know them all. */
export function measured(measure: MilestoneMeasure, figures: Figures): number {
  switch (measure) {
    case 'has-received':
      return figures.hasReceived;
    case 'receives-regularly':
      return figures.receivesRegularly;
    case 'active-workers':
      return figures.workers.active;
    case 'trained':
      return figures.workers.trained;
    case 'informed':
      return figures.workers.informed;
  }
}

/**
 * Of the citizens who were offered video visits, how many have become what a measure counts: so far, so a recent offer
 * that has not become anything yet lowers it. Null for measures that offers do not lead to, and before the first offer.
 */
export function yieldOf(measure: MilestoneMeasure, { funnel }: Figures): number | null {
  if (funnel.offered === 0) return null;
  if (measure === 'has-received') return funnel.firstCall / funnel.offered;
  return measure === 'receives-regularly' ? funnel.regular / funnel.offered : null;
}

const dayMs = 86_400_000;
/** Whole weeks from one day until another; 0 once it is over. */
export const weeksUntil = (at: string, due: string): number =>
  Math.max(0, Math.floor((Date.parse(due) - Date.parse(at)) / (7 * dayMs)));

/** What can be done something about, in counts. */
export interface Stock {
  readonly workersWithoutOnline: number;
  readonly suitedNeverOffered: number;
  readonly acceptedNeverCalled: number;
}

export interface NextNeed {
  /** The milestone that is to be reached next, the first of its measures that is not, and how far that is. */
  readonly milestone: PlannedMilestone;
  readonly measure: MilestoneMeasure;
  readonly atLeast: number;
}

/**
 * What is missing to reach a milestone's measure, with the next push in one sentence.
 *
 * @param next null where there is nothing left to reach
 * @param shared the milestone is common to several municipalities: how far they are together is not known here
 * @param isPlanned whether any milestone asks for a number at all
 * @param figures null while the log holds nothing yet: then nothing is reached
 */
export function missingOf(
  next: NextNeed | null,
  figures: Figures | null,
  stock: Stock,
  {
    at,
    language,
    shared,
    isPlanned = true,
  }: {
    readonly at: string;
    readonly language: Language;
    readonly shared: boolean;
    readonly isPlanned?: boolean;
  },
): Missing {
  if (next === null)
    return {
      milestone: null,
      measure: null,
      citizens: 0,
      weeks: 0,
      ...stock,
      offersPerWeek: null,
      yieldPercent: null,
      sentence: `${nothingLeft(isPlanned, language)}${push(null, stock, language)}`,
    };
  const { code, due, da, en } = next.milestone;
  const value = figures === null ? 0 : measured(next.measure, figures);
  const weeks = weeksUntil(at, due);
  if (shared) {
    const sentence =
      language === 'da'
        ? `${code} er fælles for kommunerne: herfra kommer ${value} af de ${next.atLeast}.`
        : `${code} is common to the municipalities: ${value} of the ${next.atLeast} are from here.`;
    return {
      milestone: { code, due, da, en },
      measure: next.measure,
      citizens: 0,
      weeks,
      ...stock,
      offersPerWeek: null,
      yieldPercent: null,
      sentence: `${sentence}${push(next.measure, stock, language)}`,
    };
  }
  const citizens = Math.max(0, next.atLeast - value);
  const share = figures === null ? null : yieldOf(next.measure, figures);
  // In the last week, and after it, everything has to come within one.
  const perWeek = share === null || share === 0 ? null : citizens / share / Math.max(1, weeks);
  const offersPerWeek = perWeek === null ? null : Math.ceil(perWeek * 10) / 10;
  return {
    milestone: { code, due, da, en },
    measure: next.measure,
    citizens,
    weeks,
    ...stock,
    offersPerWeek,
    yieldPercent: share === null ? null : Math.round(share * 100),
    sentence: `${needed(next, citizens, weeks, at, language)}${pace(offersPerWeek, language)}.${push(next.measure, stock, language)}`,
  };
}

function nothingLeft(isPlanned: boolean, language: Language): string {
  if (!isPlanned)
    return language === 'da'
      ? 'Planen har ingen milepæle med et tal endnu.'
      : 'The plan has no milestone with a number yet.';
  return language === 'da'
    ? 'Alle tal i planens milepæle er nået.'
    : 'Every number in the milestones of the plan is reached.';
}

function needed(
  { milestone: { code, due }, measure }: NextNeed,
  citizens: number,
  weeks: number,
  at: string,
  language: Language,
): string {
  const ofWorkers = measure === 'active-workers' || measure === 'trained' || measure === 'informed';
  if (language === 'da') {
    const who = ofWorkers
      ? citizens === 1
        ? 'medarbejder'
        : 'medarbejdere'
      : citizens === 1
        ? 'borger'
        : 'borgere';
    const time =
      due < at
        ? `fristen var ${shownDay(due, 'da')}`
        : weeks === 0
          ? 'fristen er inden for en uge'
          : `der er ${weeks} ${weeks === 1 ? 'uge' : 'uger'} tilbage`;
    return `Der mangler ${citizens} ${who} til ${code}, og ${time}`;
  }
  const who = ofWorkers ? (citizens === 1 ? 'worker' : 'workers') : citizens === 1 ? 'citizen' : 'citizens';
  const time =
    due < at
      ? `it was due on ${shownDay(due, 'en')}`
      : weeks === 0
        ? 'it is due within a week'
        : `${weeks} ${weeks === 1 ? 'week is' : 'weeks are'} left`;
  return `${code} still needs ${citizens} ${who}, and ${time}`;
}

const pace = (offersPerWeek: number | null, language: Language): string => {
  if (offersPerWeek === null) return '';
  const number = shownNumber(offersPerWeek, language);
  return language === 'da' ? `: det kræver ${number} tilbud om ugen` : `: that takes ${number} offers a week`;
};

/** The next best push: those who have said yes first, then those whom it suits and nobody asked, then the workers. */
function push(measure: MilestoneMeasure | null, stock: Stock, language: Language): string {
  if (measure === 'trained' || measure === 'informed') return '';
  const { acceptedNeverCalled: accepted, suitedNeverOffered: suited, workersWithoutOnline: workers } = stock;
  const da = [
    ...(accepted > 0
      ? [`${accepted} ${accepted === 1 ? 'borger' : 'borgere'} har sagt ja og venter på første opkald`]
      : []),
    ...(suited > 0 ? [`${suited} er vurderet ${suited === 1 ? 'egnet' : 'egnede'} og aldrig spurgt`] : []),
    ...(workers > 0
      ? [`${workers} ${workers === 1 ? 'medarbejder' : 'medarbejdere'} har ingen borger på video`]
      : []),
  ];
  const en = [
    ...(accepted > 0
      ? [
          `${accepted} ${accepted === 1 ? 'citizen' : 'citizens'} said yes and ${accepted === 1 ? 'waits' : 'wait'} for a first call`,
        ]
      : []),
    ...(suited > 0
      ? [
          `${suited} ${suited === 1 ? 'is' : 'are'} assessed as suited and ${suited === 1 ? 'was' : 'were'} never asked`,
        ]
      : []),
    ...(workers > 0
      ? [`${workers} ${workers === 1 ? 'worker has' : 'workers have'} no citizen by video`]
      : []),
  ];
  const said = language === 'da' ? da : en;
  if (said.length === 0) return '';
  return ` ${said.join('; ')}.`;
}
