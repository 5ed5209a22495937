import type { Milestone } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { firstReachedInMonths, type JointQuestion } from './course.ts';

/** A milestone as it was judged, and when as many as it asks for had received at all (null: never, or it does not ask). */
export interface JudgedThen {
  readonly milestone: Milestone;
  readonly receivedOn: string | null;
}

/**
 * What the evaluators said of the joint course of 2015-16: which milestones were met, how late, and by which measure. They
 * counted who *has received*; when as many received *regularly* is not published (domain.md, section 6).
 */
export function historyVerdict(judged: readonly JudgedThen[], language: 'da' | 'en'): string[] {
  return judged.map(({ milestone, receivedOn }) => {
    const { code, due, reachedOn } = milestone;
    const own = sentenceOf(code, due, reachedOn, language);
    const regularly = milestone.needs.find(
      ({ need }) => need.kind === 'measure' && need.measure === 'receives-regularly',
    )?.need;
    if (regularly?.kind !== 'measure' || reachedOn !== null) return own;
    const { atLeast } = regularly;
    if (language === 'da') {
      const received =
        receivedOn === null
          ? `${atLeast} har aldrig modtaget`
          : `${atLeast} havde modtaget ${whenOf(due, receivedOn, 'da')}`;
      return `${own} Hvornår ${atLeast} modtog jævnligt, er ikke offentliggjort; efter evaluatorernes mål: ${received}.`;
    }
    const received =
      receivedOn === null
        ? `${atLeast} never had`
        : `${atLeast} had received ${whenOf(due, receivedOn, 'en')}`;
    return `${own} When ${atLeast} received regularly is not published; by the evaluators' measure: ${received}.`;
  });
}

/** Reads when the milestones that ask for regular use were reached by the evaluators' measure, and says so. */
export async function readHistoryVerdict(
  tx: ReadTx,
  programmeId: string,
  question: JointQuestion,
  milestones: readonly Milestone[],
  language: 'da' | 'en',
): Promise<string[]> {
  const judged: JudgedThen[] = [];
  for (const milestone of milestones) {
    let receivedOn: string | null = null;
    for (const { need } of milestone.needs) {
      if (need.kind !== 'measure' || need.measure !== 'receives-regularly') continue;
      const of = { measure: 'has-received', atLeast: need.atLeast } as const;
      receivedOn = (await firstReachedInMonths(tx, programmeId, question, of))?.on ?? null;
    }
    judged.push({ milestone, receivedOn });
  }
  return historyVerdict(judged, language);
}

function sentenceOf(code: string, due: string, reachedOn: string | null, language: 'da' | 'en'): string {
  if (reachedOn === null)
    return language === 'da'
      ? `${code} blev ikke nået efter sit eget mål.`
      : `${code} was not met by its own measure.`;
  return language === 'da'
    ? `${code} blev nået ${whenOf(due, reachedOn, 'da')}.`
    : `${code} was met ${whenOf(due, reachedOn, 'en')}.`;
}

/** `den 31.3.2016, 5 måneder for sent` */
function whenOf(due: string, on: string, language: 'da' | 'en'): string {
  const [year, month, day] = on.split('-').map(Number);
  const late = Math.round((Date.parse(on) - Date.parse(due)) / 86_400_000);
  const months = Math.round(late / 30.4);
  if (language === 'da') {
    const date = `den ${day}.${month}.${year}`;
    if (late <= 0) return `${date}, til tiden`;
    if (months < 1) return `${date}, ${late} ${late === 1 ? 'dag' : 'dage'} for sent`;
    return `${date}, ${months} ${months === 1 ? 'måned' : 'måneder'} for sent`;
  }
  if (late <= 0) return `on ${on}, in time`;
  if (months < 1) return `on ${on}, ${late} ${late === 1 ? 'day' : 'days'} late`;
  return `on ${on}, ${months} ${months === 1 ? 'month' : 'months'} late`;
}
