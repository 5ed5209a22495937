import { callerWords, contactWords, languageWords, speakAgainWords } from '@naer/core/contract/call-words';
import type { CallDefaults, GroundRules, TalkHours } from '@naer/core/contract/ground-rules';
import { Flags } from '@oclif/core';
import { clockOf, formatTalkHours } from '../actions/clock-spans.ts';
import { reviewState } from '../actions/review-due.ts';
import { counted, say } from '../language.ts';
import { choice } from './choices.ts';
import { renderCard } from './table.ts';
import { dayText } from './time.ts';
import { word } from './words.ts';

const minutes = (n: number): string => counted(n, ['minut', 'minutter'], ['minute', 'minutes']);

const failingPairs = ({
  caller,
  afterMinutes,
  speakAgain,
}: Pick<CallDefaults, 'caller' | 'afterMinutes' | 'speakAgain'>): [string, string][] => [
  [
    say('Når det svigter', 'When it fails'),
    say(
      `${word(callerWords, caller)} efter ${minutes(afterMinutes)}`,
      `${word(callerWords, caller)} after ${minutes(afterMinutes)}`,
    ),
  ],
  [say('I taler videre', 'You speak again'), word(speakAgainWords, speakAgain)],
];

/** When the rules were last gone through, and that it is time again where that is long ago. */
function reviewText({ reviewedOn, reviewedBy }: GroundRules, today: string): string {
  const state = reviewState(reviewedOn, today);
  if (reviewedOn === null || state === 'never')
    return say('mangler: gå dem igennem med borgeren', 'still to be done: go through them with the citizen');
  const by = reviewedBy === null ? '' : say(` af ${reviewedBy}`, ` by ${reviewedBy}`);
  const old = say(': mere end et år siden, tag dem op igen', ': over a year ago, go through them again');
  return `${dayText(reviewedOn)}${by}${state === 'overdue' ? old : ''}`;
}

/** Whether what was agreed can be done at all. */
function reachText({ hasPhone, hasEmail }: GroundRules): string {
  if (hasPhone)
    return hasEmail ? say('telefon og e-mail', 'telephone and e-mail') : say('telefon', 'telephone');
  return hasEmail
    ? say('e-mail; intet nummer at ringe til', 'e-mail; no number to phone')
    : say('hverken telefon eller e-mail', 'neither telephone nor e-mail');
}

/** @param today "YYYY-MM-DD" in Denmark */
export const groundRulesCard = (rules: GroundRules, today: string): string =>
  renderCard([
    [say('Borger', 'Citizen'), rules.citizen],
    ...failingPairs(rules),
    [
      say('Aftalt', 'Agreed'),
      rules.agreed
        ? say('ja, med borgeren', 'yes, with the citizen')
        : say('nej, det er kommunens egne regler', "no, these are the municipality's own"),
    ],
    [say('Gennemgået', 'Gone through'), reviewText(rules, today)],
    [
      say('Beskeder', 'Messages'),
      say(
        `${word(contactWords, rules.contact)}, på ${word(languageWords, rules.language)}`,
        `${word(contactWords, rules.contact)}, in ${word(languageWords, rules.language)}`,
      ),
    ],
    [say('Kan nås på', 'Reached by'), reachText(rules)],
  ]);

export const callDefaultsCard = (defaults: CallDefaults): string =>
  renderCard([
    ...failingPairs(defaults),
    [say('Hjælp', 'Help'), defaults.helpPhone ?? say('intet nummer endnu', 'no number yet')],
    [say('Akut hjælp', 'Acute help'), defaults.acutePhone ?? say('intet nummer', 'no number')],
    [
      say('Ingen beskeder', 'No messages'),
      say(
        `kl. ${clockOf(defaults.quietFrom)}–${clockOf(defaults.quietUntil)}`,
        `${clockOf(defaults.quietFrom)}–${clockOf(defaults.quietUntil)}`,
      ),
    ],
    [
      say('Venteværelset', 'Waiting room'),
      say(
        `åbner ${minutes(defaults.opensBeforeMinutes)} før`,
        `opens ${minutes(defaults.opensBeforeMinutes)} before`,
      ),
    ],
  ]);

export const talkHoursCard = ({ worker, hours }: TalkHours): string =>
  renderCard([
    [say('Medarbejder', 'Worker'), worker],
    [
      say('Kan spørges', 'May be asked'),
      hours.length === 0
        ? say('aldrig: ingen tider er sat', 'never: no hours are set')
        : formatTalkHours(hours),
    ],
  ]);

/** What a citizen and a municipality both have rules about. */
export const agreementFlags = () => ({
  caller: choice(callerWords, say('Hvem ringer til den anden', 'Who phones the other')),
  after: Flags.integer({
    summary: say('Efter så mange minutter uden lyd og billede', 'After so many minutes without a call'),
    min: 1,
    max: 30,
    helpValue: say('MINUTTER', 'MINUTES'),
  }),
  again: choice(speakAgainWords, say('Hvornår I taler videre', 'When you speak again')),
});
