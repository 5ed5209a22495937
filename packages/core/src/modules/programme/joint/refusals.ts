import { DomainError } from '../../../kernel/errors.ts';

/** Why a contribution is not taken in, in both languages. */
export const refusals = {
  unreadable: ['filen kan ikke læses som et bidrag', 'the file cannot be read as a contribution'],
  'not-for-us': [
    'filen er låst til en anden kommune end jer',
    'the file is locked for another municipality than yours',
  ],
  unsigned: [
    'det er ikke underskrevet af et medlem af programmet',
    'it is not signed by a member of the programme',
  ],
  'signature-broken': [
    'underskriften passer ikke til indholdet',
    'the signature does not fit what is signed',
  ],
  'other-programme': ['det gælder et andet program', 'it is for another programme'],
  'other-origin': [
    'det nævner en anden log end den, der har underskrevet',
    'it names another log than the one that signed it',
  ],
  'month-not-over': ['måneden er ikke slut', 'the month is not over'],
  'not-a-member-then': [
    'medlemmet var ikke med i programmet i den måned',
    'the member did not take part in that month',
  ],
  'checkpoint-broken': [
    'det punkt i loggen, som tallene hviler på, er ikke underskrevet af medlemmets log',
    'the checkpoint that the figures rest on is not signed by the log of the member',
  ],
  'checkpoint-other': [
    'tallene hviler på et andet punkt i loggen end det, der er vedlagt',
    'the figures rest on another point of the log than the checkpoint says',
  ],
  'log-shrunk': [
    'loggen er kortere end ved en tidligere måned',
    'the log is shorter than it was for an earlier month',
  ],
  'log-forked': [
    'loggen fortæller en anden historie end i et bidrag, I har fået før',
    'the log tells another history than in a contribution that you have',
  ],
  'not-sane': ['tallene passer ikke sammen', 'the figures do not fit together'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;
export type Refusal = keyof typeof refusals;

export function refused(why: Refusal): DomainError {
  const [why_da, why_en] = refusals[why];
  return new DomainError('contribution_refused', { why_da, why_en }, { details: { why } });
}
