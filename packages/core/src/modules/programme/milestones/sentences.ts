import type { Forecast, Language, MilestoneMeasure, MilestoneState } from '../../../contract/index.ts';
import { arrivalWords, daysBetween, percent } from '../forecast/index.ts';
import { findInHandbook, type PlannedMilestone } from '../plan/index.ts';
import { grouped, joined, shownDay } from '../wording.ts';
import type { NeedState } from './reality.ts';

interface Judged {
  readonly at: string;
  readonly language: Language;
  readonly state: MilestoneState;
  readonly needs: readonly NeedState[];
  readonly reachedOn: string | null;
  /** The need that was met last. */
  readonly last: NeedState | null;
  /** Of the least likely need. */
  readonly forecast: Forecast | null;
  readonly published?: { readonly on: string } | null;
  /** Only month-ends are known, so nobody's own first visit is told of. */
  readonly byMonths: boolean;
  readonly isOver: boolean;
}

/** Why a milestone stands as it does, in one sentence that a leader understands. */
export function whyOf(plan: PlannedMilestone, judged: Judged): string {
  if (judged.state === 'shared') return whyShared(plan, judged);
  const why = judged.reachedOn === null ? whyNot(plan, judged) : whyReached(plan, judged, judged.reachedOn);
  return judged.published === undefined ? why : `${why} ${notPublished(plan, judged, judged.published)}`;
}

/** Of a member, who knows its own share alone. */
function whyShared({ due }: PlannedMilestone, { needs, at, language }: Judged): string {
  const da = language === 'da';
  const shares = needs.flatMap(({ need, value, met }) =>
    met || need.kind === 'activity'
      ? []
      : [
          `${value ?? (da ? 'nogle (tallet er skjult)' : 'some (the number is hidden)')} ${da ? 'af de' : 'of the'} ${need.atLeast}`,
        ],
  );
  const day = shownDay(due, language);
  const over = daysBetween(at, due) < 0;
  return da
    ? `Målet er fælles for kommunerne, og fristen ${over ? 'var' : 'er'} ${day}; herfra kommer ${joined(shares, language)}.`
    : `The target is common to the municipalities, and ${over ? 'was' : 'is'} due on ${day}; ${joined(shares, language)} are from here.`;
}

function whyReached({ due }: PlannedMilestone, judged: Judged, reachedOn: string): string {
  const { language, last } = judged;
  const how = `${timing(daysBetween(due, reachedOn), language)}: ${last === null ? '' : metWords(last, judged)}`;
  const day = shownDay(reachedOn, language);
  return language === 'da' ? `Nået ${day}, ${how}.` : `Reached on ${day}, ${how}.`;
}

/** Of a course of the past that was built to agree with what is published: what its evaluators said, by their measure. */
function notPublished(
  { due }: PlannedMilestone,
  { language, needs }: Judged,
  published: { readonly on: string } | null,
): string {
  const wanted = needs.find(({ need }) => need.kind === 'measure')?.need;
  const count = wanted?.kind === 'measure' ? wanted.atLeast : 0;
  if (language === 'da') {
    const by =
      published === null
        ? 'blev ikke nået'
        : `blev nået ${shownDay(published.on, language)}, ${timing(daysBetween(due, published.on), language)}`;
    return `Hvornår så mange modtog jævnligt, er ikke offentliggjort, og forløbet her er konstrueret; efter evaluatorernes mål, hvor mange der har modtaget, ${by.replace('blev', `blev ${count}`)}.`;
  }
  const by =
    published === null
      ? 'was not reached'
      : `was reached on ${shownDay(published.on, language)}, ${timing(daysBetween(due, published.on), language)}`;
  return `When so many received regularly was not published, and this course is constructed; by the evaluators' measure, how many have received, ${count} ${by}.`;
}

function timing(days: number, language: Language): string {
  const count = Math.abs(days);
  if (language === 'da') {
    if (days === 0) return 'på dagen';
    return `${count} ${count === 1 ? 'dag' : 'dage'} ${days > 0 ? 'for sent' : 'før tid'}`;
  }
  if (days === 0) return 'on the day';
  return `${count} ${count === 1 ? 'day' : 'days'} ${days > 0 ? 'late' : 'early'}`;
}

function metWords({ need, metBy }: NeedState, { language, byMonths }: Judged): string {
  const entry =
    metBy === null ? '' : ` (${language === 'da' ? 'post' : 'entry'} ${grouped(metBy, language)})`;
  if (need.kind === 'activity')
    return language === 'da'
      ? `${activityWords(need.what, language)} blev færdig${entry}`
      : `${activityWords(need.what, language)} was done${entry}`;
  return `${metMeasure(need.measure, need.atLeast, byMonths, language)}${entry}`;
}

function metMeasure(measure: MilestoneMeasure, count: number, byMonths: boolean, language: Language): string {
  const da = language === 'da';
  switch (measure) {
    case 'has-received':
      if (byMonths)
        return da
          ? `${count} borgere havde fået skærmbesøg ved månedens udgang`
          : `${count} citizens had had a video visit by the end of the month`;
      return da
        ? `${count}. borger fik sit første skærmbesøg`
        : `the ${ordinal(count)} citizen had a first video visit`;
    case 'receives-regularly':
      return da ? `${count} borgere modtog jævnligt` : `${count} citizens received regularly`;
    case 'active-workers':
      return da ? `${count} medarbejdere holdt skærmbesøg` : `${count} workers held video visits`;
    case 'trained':
      return da ? `${count} medarbejdere var oplært` : `${count} workers were trained`;
    case 'informed':
      return da
        ? `${count} medarbejdere var orienteret om datasikkerhed`
        : `${count} workers were informed on data security`;
  }
}

function ordinal(count: number): string {
  const tens = count % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}

function whyNot({ due }: PlannedMilestone, judged: Judged): string {
  const { at, language, needs, forecast, state } = judged;
  const open = needs.filter(({ met }) => !met);
  const lacking = joined(
    open.map((need) => lackWords(need, language)),
    language,
  );
  const over = daysBetween(due, at);
  const da = language === 'da';
  const arrival = forecast === null ? null : speedWords(forecast, state, language);
  const tail = arrival === null ? '' : `; ${arrival}`;
  const day = shownDay(due, language);
  if (judged.isOver)
    return da
      ? `Blev ikke nået, inden forløbet sluttede ${shownDay(at, language)}: manglede ${lacking}.`
      : `Was not reached before the course ended on ${shownDay(at, language)}: ${lacking} to go.`;
  if (over > 0) {
    return da
      ? `Skulle være nået ${day}, for ${over} ${over === 1 ? 'dag' : 'dage'} siden: mangler ${lacking}${tail}.`
      : `Was due on ${day}, ${over} ${over === 1 ? 'day' : 'days'} ago: ${lacking} to go${tail}.`;
  }
  const begin = da ? `Mangler ${lacking}` : `${lacking.charAt(0).toUpperCase()}${lacking.slice(1)} to go`;
  return `${begin}${tail === '' ? dueWords(over, day, language) : tail}.`;
}

function dueWords(over: number, day: string, language: Language): string {
  const left = -over;
  if (language === 'da') return `; fristen er ${day}, om ${left} ${left === 1 ? 'dag' : 'dage'}`;
  return `; due on ${day}, in ${left} ${left === 1 ? 'day' : 'days'}`;
}

function speedWords(forecast: Forecast, state: MilestoneState, language: Language): string {
  const arrival = arrivalWords(forecast, language);
  const chance =
    state === 'late' && forecast.chance === 0
      ? ''
      : language === 'da'
        ? `; chancen for at nå det til tiden er ${percent(forecast.chance, language)}`
        : `; the chance to be in time is ${percent(forecast.chance, language)}`;
  if (language === 'da')
    return arrival === null
      ? `med farten nu nås det ikke inden for to år${chance}`
      : `med farten nu nås det ${arrival}${chance}`;
  if (arrival === null) return `at this speed it is not reached within two years${chance}`;
  const when = forecast.reachedOn.late === null ? arrival : `between ${arrival}`;
  return `at this speed it is reached ${when}${chance}`;
}

function lackWords({ need, value }: NeedState, language: Language): string {
  const da = language === 'da';
  if (need.kind === 'activity') return activityWords(need.what, language);
  // What is hidden in a month-end is not told by what lacks either.
  const count = value === null ? (da ? 'flere' : 'more') : Math.max(0, need.atLeast - value);
  const isCitizens = need.measure === 'has-received' || need.measure === 'receives-regularly';
  if (isCitizens) return `${count} ${plural(count, da ? ['borger', 'borgere'] : ['citizen', 'citizens'])}`;
  const worker = plural(count, da ? ['medarbejder', 'medarbejdere'] : ['worker', 'workers']);
  switch (need.measure) {
    case 'active-workers':
      return da ? `${count} ${worker} på video` : `${count} ${worker} by video`;
    case 'trained':
      return da ? `oplæring af ${count} ${worker}` : `training of ${count} ${worker}`;
    default:
      return da
        ? `orientering af ${count} ${worker} om datasikkerhed`
        : `informing ${count} ${worker} on data security`;
  }
}

/** "aktiviteten »Hold kickoff« (I1)" by the handbook's name, or by the municipality's own word. */
function activityWords(what: string, language: Language): string {
  const entry = findInHandbook(what);
  const name = entry === undefined ? what : entry[language];
  const code = entry === undefined ? '' : ` (${entry.code})`;
  return language === 'da' ? `aktiviteten »${name}«${code}` : `the activity "${name}"${code}`;
}

const plural = (count: number | string, [one, many]: readonly [string, string]): string =>
  count === 1 ? one : many;
