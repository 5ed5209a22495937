import { styleText } from 'node:util';
import { figurePaths, measureWords } from '@naer/core/contract/measure-words';
import type { Milestone, Missing, ProgrammeStatus } from '@naer/core/contract/programme';
import { counted, language, say } from '../language.ts';
import { curveChart } from './curve-chart.ts';
import { countText, dateText, decimalText, percentText, shareText, shownText } from './figures.ts';
import { countsWorkers } from './programme.ts';
import { milestoneStateWords, phaseWords } from './programme-words.ts';
import { oneLine } from './table.ts';
import { shortMoment } from './time.ts';
import { word } from './words.ts';

export interface Screen {
  readonly columns: number;
  /** Lines that may be filled: one fewer than the terminal has, for the prompt. */
  readonly rows: number;
}

const smallest = { columns: 40, rows: 23 };
const largest = { columns: 140, rows: 40 };
const labelWidth = 14;

/** The screen of this terminal, or 80×24 where the output is no terminal. `above`: lines that stand there already. */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number },
  above: number,
): Screen {
  const columns = stream.isTTY ? stream.columns || 80 : 80;
  const rows = (stream.isTTY ? stream.rows || 24 : 24) - 1;
  return {
    columns: Math.min(largest.columns, Math.max(smallest.columns, columns)),
    rows: Math.min(largest.rows, Math.max(smallest.rows, rows)) - above,
  };
}

/** How it goes with a programme, on one screen: never wider or higher than it, at any numbers and names. */
export function statusScreen(status: ProgrammeStatus, screen: Screen): string {
  const { columns, rows } = screen;
  const heading = headingLines(status, columns);
  const facts = factLines(status, columns - labelWidth).map(
    ([label, text, style]) =>
      paint('bold', label.padEnd(labelWidth)) + paint(style ?? null, cut(text, columns - labelWidth)),
  );
  const chart = curveChart({
    curve: status.curve,
    milestones: status.milestones,
    startsOn: status.programme.startsOn,
    at: status.at,
    width: columns,
    height: rows - heading.length - 1 - facts.length,
  });
  return [...heading, ...chart, '', ...facts].join('\n');
}

type Style = Parameters<typeof styleText>[0];
const paint = (style: Style | null, text: string): string =>
  style === null ? text : styleText(style, text, { stream: process.stdout });

/** One line of at most so many characters, broken off between words where one ends in its second half. */
function cut(text: string, width: number): string {
  const letters = [...oneLine(text)];
  if (letters.length <= width) return letters.join('');
  const room = Math.max(0, width - 1);
  const whole = letters[room] === ' ' ? room : letters.lastIndexOf(' ', room - 1);
  const kept = letters.slice(0, whole >= room / 2 ? whole : room).join('');
  return `${kept.replace(/[ ,;:–(→·]+$/u, '')}…`;
}

function headingLines({ programme, municipality, phase, at }: ProgrammeStatus, columns: number): string[] {
  const isOver = programme.isHistory && programme.endsOn !== null && programme.endsOn <= at;
  const day = dateText(at);
  const name = cut(`${programme.name} · ${municipality}`, columns - day.length - 2);
  const since =
    phase.since === null ? '' : say(` siden ${dateText(phase.since)}`, ` since ${dateText(phase.since)}`);
  const group = counted(programme.targetGroup, ['borger', 'borgere'], ['citizen', 'citizens']);
  const parts = [
    isOver
      ? say(`Afsluttet ${dateText(at)}`, `Ended on ${dateText(at)}`)
      : `${capital(word(phaseWords, phase.phase))}${since}`,
    say(`målgruppe ${group}`, `target group ${group}`),
    ...(programme.isHistory ? [say('konstrueret historie', 'constructed history')] : []),
  ];
  return [
    `${paint('bold', name)}${' '.repeat(columns - [...name].length - day.length)}${day}`,
    cut(parts.join(' · '), columns),
  ];
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

type Fact = readonly [label: string, text: string, style?: Style];

function factLines(status: ProgrammeStatus, width: number): Fact[] {
  const { figures, milestones, missing, late } = status;
  const next = milestones.find(({ state }) => state !== 'reached' && state !== 'reached-late');
  return [
    [say('Borgere', 'Citizens'), citizensText(status)],
    [say('Vej dertil', 'On the way'), funnelText(figures.funnel)],
    [say('Skærmbesøg', 'Video visits'), visitsText(figures)],
    [say('Medarbejdere', 'Workers'), workersText(figures.workers)],
    [say('Milepæle', 'Milestones'), milestonesText(milestones, width)],
    ...(next === undefined ? [] : [nextFact(next, status.at, width)]),
    ...(missing === null ? [] : [[say('Mangler', 'Missing'), missingText(missing, width)] as const]),
    ...warningsFacts(status),
    ...(late.length === 0 ? [] : [[say('Siden da', 'Since then'), lateText(late, width)] as const]),
    [say('Bevis', 'Proof'), proofText(status)],
  ];
}

function citizensText({ figures, programme, degree }: ProgrammeStatus): string {
  const [received, regular] = [figures.hasReceived, figures.receivesRegularly].map(shownText);
  const rate = shareText(figures.implementationRate);
  const group = countText(programme.targetGroup);
  const own =
    degree === null
      ? ''
      : say(`; eget skøn ${percentText(degree.percent)}`, `; own estimate ${percentText(degree.percent)}`);
  return say(
    `${received} har modtaget, ${regular} jævnligt: ${rate} af ${group}${own}`,
    `${received} have received, ${regular} regularly: ${rate} of ${group}${own}`,
  );
}

function funnelText(funnel: ProgrammeStatus['figures']['funnel']): string {
  const { offered, accepted, introduced, firstCall } = funnel;
  const steps = [
    `${shownText(offered)} ${say('tilbudt', 'offered')}`,
    `${shownText(accepted)} ${say('takket ja', 'accepted')}`,
    `${shownText(introduced)} ${say('introduceret', 'introduced')}`,
    `${shownText(firstCall)} ${say('første opkald', 'first call')}`,
  ];
  return steps.join(' → ');
}

function visitsText({ channels, technicalFailureRate }: ProgrammeStatus['figures']): string {
  const { held, cancelled, futile, failed } = channels.video;
  const rate = shareText(technicalFailureRate);
  return say(
    `28 dg.: ${shownText(held)} holdt, ${shownText(cancelled)} aflyst, ${shownText(futile)} forgæves, ${shownText(failed)} tekn. fejl (${rate})`,
    `28 d.: ${shownText(held)} held, ${shownText(cancelled)} cancelled, ${shownText(futile)} futile, ${shownText(failed)} failed (${rate})`,
  );
}

function workersText({ employed, active, trained, informed }: ProgrammeStatus['figures']['workers']): string {
  return say(
    `${shownText(active)} af ${shownText(employed)} aktive · ${shownText(trained)} oplært · ${shownText(informed)} orienteret om data`,
    `${shownText(active)} of ${shownText(employed)} active · ${shownText(trained)} trained · ${shownText(informed)} informed on data`,
  );
}

/** Each milestone in a word, the first ones left out where the line is full. */
function milestonesText(milestones: readonly Milestone[], width: number): string {
  if (milestones.length === 0)
    return say(
      'ingen; sæt dem med »naer programme milestones --set«',
      'none; set them with "naer programme milestones --set"',
    );
  const all = milestones.map((milestone) => `${milestone.code} ${stateText(milestone)}`);
  for (let from = 0; from < all.length; from += 1) {
    const text = (from === 0 ? '' : '… ') + all.slice(from).join('  ');
    if ([...text].length <= width) return text;
  }
  return all.at(-1) ?? '';
}

const stateText = ({ state, daysLate }: Milestone): string => {
  if (state === 'reached') return '✓';
  if (state !== 'reached-late') return word(milestoneStateWords, state);
  const late = countText(daysLate ?? 0);
  return say(`✓ ${late} dg. sent`, `✓ ${late} d. late`);
};

function nextFact(milestone: Milestone, at: string, width: number): Fact {
  const { code, due, forecast, state, why } = milestone;
  const style: Style | undefined = state === 'late' ? 'red' : state === 'at-risk' ? 'yellow' : undefined;
  const begin = `${code} ${dateText(due)} `;
  const told =
    state === 'shared'
      ? sharedText(milestone)
      : due < at
        ? overdueText(milestone, at)
        : forecast === null
          ? why
          : forecastText(forecast);
  const end = told === '' ? '' : `: ${told}`;
  const room = width - begin.length - end.length;
  const text = `${begin}${cut(milestone[language()], Math.max(16, room))}${end}`;
  return style === undefined ? [say('Næste', 'Next'), text] : [say('Næste', 'Next'), text, style];
}

/** Of a joint number, how many are from here. */
const sharedText = ({ needs }: Milestone): string =>
  needs
    .flatMap(({ need, met, value }) =>
      met || need.kind === 'activity'
        ? []
        : [
            say(
              `fælles mål, herfra ${shownText(value ?? 'hidden')} af ${countText(need.atLeast)}`,
              `joint target, ${shownText(value ?? 'hidden')} of ${countText(need.atLeast)} from here`,
            ),
          ],
    )
    .join('; ');

/** What is overdue is no longer forecast for the day it was due: how long, and what of it is still to come. */
function overdueText({ due, needs }: Milestone, at: string): string {
  const days = countText(Math.round((Date.parse(at) - Date.parse(due)) / 86_400_000));
  const unmet = needs.flatMap(({ need, met, value }) =>
    met
      ? []
      : [
          need.kind === 'activity'
            ? say(`mangler ${need.what}`, `${need.what} is missing`)
            : say(
                `${shownText(value ?? 'hidden')} af ${countText(need.atLeast)}`,
                `${shownText(value ?? 'hidden')} of ${countText(need.atLeast)}`,
              ),
        ],
  );
  return [say(`${days} dg. over tiden`, `${days} d. overdue`), ...unmet].join(', ');
}

const forecastText = ({ onDue, chance }: NonNullable<Milestone['forecast']>): string => {
  const [low, middle, high] = [onDue.low, onDue.middle, onDue.high].map((n) => countText(Math.round(n)));
  const percent = percentText(Math.round(chance * 100));
  return say(
    `ventet ${middle} (${low}–${high}), chance ${percent}`,
    `expected ${middle} (${low}–${high}), chance ${percent}`,
  );
};

/** The sentence where it fits, else the figures that matter most. */
function missingText(missing: Missing, width: number): string {
  if ([...missing.sentence].length <= width || missing.citizens === 0) return missing.sentence;
  const citizens = countsWorkers(missing)
    ? counted(missing.citizens, ['medarbejder', 'medarbejdere'], ['worker', 'workers'])
    : counted(missing.citizens, ['borger', 'borgere'], ['citizen', 'citizens']);
  const weeks = counted(missing.weeks, ['uge', 'uger'], ['week', 'weeks']);
  const offers = missing.offersPerWeek === null ? null : decimalText(missing.offersPerWeek);
  const parts = [
    missing.weeks === 0 ? citizens : say(`${citizens} på ${weeks}`, `${citizens} in ${weeks}`),
    ...(offers === null || missing.weeks === 0
      ? []
      : [say(`${offers} tilbud om ugen`, `${offers} offers a week`)]),
    ...several(missing.suitedNeverOffered, say('egnede aldrig spurgt', 'suited never asked')),
    ...several(missing.acceptedNeverCalled, say('venter på første opkald', 'await a first call')),
    ...several(missing.workersWithoutOnline, say('medarbejdere uden', 'workers without')),
  ];
  const fitting = parts.filter((_, at) => [...parts.slice(0, at + 1).join('; ')].length <= width);
  return (fitting.length > 0 ? fitting : parts).join('; ');
}

const several = (n: number, what: string): string[] => (n === 0 ? [] : [`${countText(n)} ${what}`]);

const weights = ['stop', 'warn', 'note'] as const;

/** None of a question of then: what stands in the way is so now. */
function warningsFacts({ readiness }: ProgrammeStatus): Fact[] {
  if (readiness === null) return [];
  const label = say('Advarsler', 'Warnings');
  const [worst] = weights.flatMap((weight) => readiness.filter((each) => each.weight === weight));
  if (worst === undefined) return [[label, say('ingen', 'none')]];
  const text = `${countText(readiness.length)}: ${worst.sentence}`;
  if (worst.weight === 'stop') return [[label, text, 'red']];
  return [worst.weight === 'warn' ? [label, text, 'yellow'] : [label, text]];
}

/** What the log tells now of the same day, by name; as many as there is room for, the most telling first. */
function lateText(late: ProgrammeStatus['late'], width: number): string {
  const all = late.map(({ measure, before, now }) => {
    const path = figurePaths.find((each) => each === measure);
    const name = path === undefined ? measure : measureWords[path][language()][0].toLowerCase();
    const text = (n: number | null) =>
      n === null ? '–' : measure.endsWith('Rate') ? shareText(n) : decimalText(n);
    return `${name} ${text(before)} → ${text(now)}`;
  });
  const more = (shown: number) =>
    shown === all.length ? '' : say(` (og ${all.length - shown} til)`, ` (and ${all.length - shown} more)`);
  for (let shown = all.length; shown > 1; shown -= 1) {
    const text = `${all.slice(0, shown).join('; ')}${more(shown)}`;
    if ([...text].length <= width) return text;
  }
  return `${all[0] ?? ''}${more(1)}`;
}

function proofText({ citation }: ProgrammeStatus): string {
  if (citation === null) return say('intet underskrevet endnu', 'nothing signed yet');
  const { size, rootHash, checkpoint } = citation;
  const entries = countText(Number(size));
  const root = rootHash.slice(0, 10);
  return say(
    `${entries} poster · rod ${root}… · underskrevet ${shortMoment(checkpoint.signedAt)}`,
    `${entries} entries · root ${root}… · signed ${shortMoment(checkpoint.signedAt)}`,
  );
}
