import type { Review } from '@naer/core/contract/visits';
import { say } from '../language.ts';
import { type Column, column } from './table.ts';
import { shortDay } from './time.ts';
import { reviewWords } from './visit-words.ts';
import { word } from './words.ts';

export const reviewColumns = (): Column<Review>[] => [
  column(say('Borger', 'Citizen'), 'citizen', (review) => review.citizen),
  column(say('Støtte', 'Worker'), 'worker', (review) => review.worker ?? ''),
  {
    ...column(
      say('Uger', 'Weeks'),
      'weeks',
      (review: Review) => String(review.weeks),
      (review: Review) => review.weeks,
    ),
    align: 'right',
  },
  column(
    say('Sidst mødt', 'Last met'),
    'lastInPerson',
    (review) => (review.lastInPerson === null ? say('aldrig', 'never') : shortDay(review.lastInPerson)),
    (review) => review.lastInPerson,
  ),
  { ...column('', 'videoSince', (review: Review) => review.videoSince), csvOnly: true },
  { ...column('', 'due', (review: Review) => String(review.due)), csvOnly: true },
  {
    ...column(
      say('Svar', 'Answer'),
      'lastAnswer',
      answerText,
      ({ lastAnswer }: Review) => lastAnswer?.answer ?? null,
    ),
    paint: (review: Review) => (review.due ? 'yellow' : null),
    wraps: true,
  },
];

function answerText({ lastAnswer, due }: Review): string {
  const last =
    lastAnswer === null ? null : `${word(reviewWords, lastAnswer.answer)} (${shortDay(lastAnswer.on)})`;
  return [due ? say('venter', 'due') : null, last].filter((part) => part !== null).join(' · ');
}
