import type { CarryOver, VisitRules } from '@naer/core/contract/visit-rules';
import { formatOpeningHours } from '../actions/opening-hours.ts';
import { CliError } from '../errors/cli-error.ts';
import { counted, say } from '../language.ts';
import { durationText } from './durations.ts';
import { renderCard } from './table.ts';

const weeks = (n: number): string => counted(n, ['uge', 'uger'], ['week', 'weeks']);

export const rulesCard = (rules: VisitRules): string =>
  renderCard([
    [say('Dagvagt', 'Day shift'), formatOpeningHours(rules.workingHours.day)],
    [say('Aftenvagt', 'Evening shift'), formatOpeningHours(rules.workingHours.evening)],
    [say('Nattevagt', 'Night shift'), formatOpeningHours(rules.workingHours.night)],
    [say('Lukkedage', 'Closed days'), rules.closedDays.map(yearDay).join(', ')],
    [
      say('Planer', 'Plans'),
      say(
        `laver besøg ${weeks(rules.planAheadWeeks)} frem`,
        `make visits ${weeks(rules.planAheadWeeks)} ahead`,
      ),
    ],
    [
      say('Kun video', 'Video alone'),
      say(`spørg efter ${weeks(rules.videoOnlyWeeks)}`, `ask after ${weeks(rules.videoOnlyWeeks)}`),
    ],
    [say('Føres videre', 'Carried over'), carryOverText(rules.carryOver)],
    [
      say('For lidt', 'Too little'),
      say(
        `under ${rules.tooLittlePercent} % af det bevilgede over ${weeks(rules.tooLittleWeeks)}`,
        `below ${rules.tooLittlePercent}% of the grant over ${weeks(rules.tooLittleWeeks)}`,
      ),
    ],
  ]);

/** "12-24" as "24/12". */
const yearDay = (text: string): string => {
  const [month, day] = text.split('-').map(Number);
  return `${day}/${month}`;
};

function carryOverText(rule: CarryOver): string {
  if (rule.kind === 'none') return say('intet', 'nothing');
  const what =
    rule.kind === 'undelivered'
      ? say('det, der ikke blev leveret', 'what was not delivered')
      : say('det, der mangler eller er for meget', 'what is missing or too much');
  return say(
    `${what}, i ${weeks(rule.weeks)}, højst ${durationText(rule.maxMinutes)}`,
    `${what}, for ${weeks(rule.weeks)}, at most ${durationText(rule.maxMinutes)}`,
  );
}

/** "none", "undelivered:4:240" or "both:4:240": what, for how many weeks, up to how many minutes. */
export function readCarryOver(text: string | undefined): CarryOver | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return { kind: 'none' };
  const match = /^(undelivered|both):(\d{1,2}):(\d{1,5})$/.exec(text);
  if (match === null) throw new CliError('carry_over_unreadable', { text });
  return {
    kind: match[1] === 'both' ? 'both' : 'undelivered',
    weeks: Number(match[2]),
    maxMinutes: Number(match[3]),
  };
}
