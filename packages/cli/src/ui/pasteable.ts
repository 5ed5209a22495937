import type { Plan } from '@naer/core/contract/plans';
import { parseTimePhrase } from '@naer/core/contract/time-phrase';
import type { Visit } from '@naer/core/contract/visits';
import { shortId } from '../actions/short-ids.ts';
import { say } from '../language.ts';
import { slotsText } from './plans.ts';
import { quoted } from './shell.ts';
import { shortSpan } from './time.ts';
import { partWords } from './visit-words.ts';
import { stateText } from './visits.ts';
import { word } from './words.ts';

/** A command line as a shell reads it; words with spaces or signs are quoted. */
const commandLine = (argv: readonly string[]): string =>
  ['naer', ...argv.map((part) => (/^[\p{L}\p{N}_.,:=/-]+$/u.test(part) ? part : quoted(part)))].join(' ');

/** For each thing that was perhaps meant what it is, and below it the same command with its number. */
function choiceLines(
  argv: readonly string[],
  named: string,
  choices: readonly { readonly id: string; readonly what: string }[],
): string[] {
  return choices
    .slice(0, 8)
    .flatMap(({ id, what }) => [
      `  ${what}:`,
      `    ${commandLine(argv.map((part) => (part === named ? shortId(id) : part)))}`,
    ]);
}

export const visitChoiceLines = (
  argv: readonly string[],
  named: string,
  visits: readonly Visit[],
): string[] =>
  choiceLines(
    argv,
    named,
    visits.map((visit) => ({
      id: visit.id,
      what: [
        shortSpan(visit.at, visit.planned?.endsAt ?? visit.at),
        word(partWords, visit.channel),
        stateText(visit, new Date()),
      ].join(', '),
    })),
  );

export const planChoiceLines = (argv: readonly string[], named: string, plans: readonly Plan[]): string[] =>
  choiceLines(
    argv,
    named,
    plans.map((plan) => ({ id: plan.id, what: slotsText(plan.phases[plan.currentPhase ?? 0]) })),
  );

/** The command that was refused, once for each of the nearest times at which all is free. */
export function nearestLines(
  nearest: readonly { readonly startsAt: string; readonly endsAt: string }[],
  argv: readonly string[],
): string[] {
  if (nearest.length === 0) return [];
  const times = nearest.map(({ startsAt, endsAt }) => shortSpan(startsAt, endsAt));
  const at = timeIn(argv);
  const lines = times.map((time) => {
    if (at === null) return `  ${time}`;
    const changed = argv.map((part, index) =>
      index === at ? (part.startsWith('--') ? `${part.slice(0, part.indexOf('=') + 1)}${time}` : time) : part,
    );
    return `  ${commandLine(withoutMinutes(changed))}`;
  });
  return [say('Det nærmeste, hvor alt er ledigt:', 'The nearest with everything free:'), ...lines];
}

const timed = new Set(['--video', '--physical', '--phone']);

/** Where in a command line its time stands: after the channel, or as a word of its own behind the visit. */
function timeIn(argv: readonly string[]): number | null {
  const isTime = (text: string) => {
    const found = parseTimePhrase(text, { now: new Date() });
    return found.ok && (found.kind === 'moment' || found.kind === 'range');
  };
  for (const [index, part] of argv.entries()) {
    const [option = '', ...value] = part.split('=');
    const before = argv[index - 1] ?? '';
    if (part.startsWith('--')) {
      if (timed.has(option) && isTime(value.join('='))) return index;
    } else if (isTime(part) && (timed.has(before) || (index >= 3 && !before.startsWith('--')))) return index;
  }
  return null;
}

/** A time that names its end needs no length. */
const withoutMinutes = (argv: readonly string[]): string[] =>
  argv.filter((part, index) => !part.startsWith('--minutes') && argv[index - 1] !== '--minutes');

/** The same command with one more option, which says that a warning was seen or that a part will do. */
export const commandWith = (argv: readonly string[], option: '--anyway' | '--skip-conflicts'): string =>
  `  ${commandLine([...argv, option])}`;
