import type { Behaviour, BehaviourGroup } from './behaviour.ts';
import type { Difference } from './differences.ts';
import { canonical, type Observation, sameObservation } from './observation.ts';
import type { Outcome } from './run.ts';

export type Verdict =
  | { readonly kind: 'same' | 'not compared' }
  | { readonly kind: 'different'; readonly reason: string }
  /** The list expects something else than what was seen, or what differs is not explained: fails the run. */
  | { readonly kind: 'unexplained'; readonly why: string };

export interface Row {
  readonly group: string;
  readonly behaviour: Behaviour;
  readonly livekit: Observation | undefined;
  readonly ours: Observation | undefined;
  readonly verdict: Verdict;
}

export type Outcomes = ReadonlyMap<string, Outcome>;

export function toRows(
  groups: readonly BehaviourGroup[],
  { livekit, ours }: { readonly livekit: Outcomes | null; readonly ours: Outcomes | null },
  differences: readonly Difference[],
): Row[] {
  return groups.flatMap(({ title, behaviours }) =>
    behaviours
      .filter(({ sentence }) => livekit?.has(sentence) || ours?.has(sentence))
      .map((behaviour) => {
        const theirs = livekit?.get(behaviour.sentence)?.observation;
        const own = ours?.get(behaviour.sentence)?.observation;
        const difference = differences.find(({ sentence }) => sentence === behaviour.sentence);
        return {
          group: title,
          behaviour,
          livekit: theirs,
          ours: own,
          verdict: judge(behaviour, theirs, own, difference),
        };
      }),
  );
}

export function judge(
  { expected }: Pick<Behaviour, 'expected'>,
  livekit: Observation | undefined,
  ours: Observation | undefined,
  difference: Difference | undefined,
): Verdict {
  if (livekit !== undefined && !sameObservation(livekit, expected))
    return unexplained('LiveKit does otherwise than the list expects', expected, livekit);
  if (ours === undefined) return { kind: 'not compared' };
  if (difference === undefined) {
    if (!sameObservation(ours, expected)) return unexplained('ours differs', expected, ours);
    return { kind: livekit === undefined ? 'not compared' : 'same' };
  }
  if (sameObservation(ours, expected))
    return { kind: 'unexplained', why: 'ours is as LiveKit, so its entry among the differences must go' };
  if (!sameObservation(ours, difference.ours))
    return unexplained('ours differs otherwise than its entry says', difference.ours, ours);
  return { kind: 'different', reason: difference.reason };
}

function unexplained(what: string, expected: Observation, seen: Observation): Verdict {
  return { kind: 'unexplained', why: `${what}: expected ${show(expected)}, seen ${show(seen)}` };
}

/** For a terminal: one line each, and below it whatever fails the run. */
export function formatTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ behaviour }) => behaviour.sentence.length), 0);
  const lines: string[] = [];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      lines.push('', group);
    }
    lines.push(
      `  ${row.behaviour.sentence.padEnd(width)}  ${mark(row, row.livekit).padEnd(8)} ${mark(row, row.ours).padEnd(8)} ${row.verdict.kind}`,
    );
    if (row.verdict.kind === 'unexplained') lines.push(`    ${row.verdict.why}`);
    if (row.verdict.kind === 'different') lines.push(`    ${row.verdict.reason}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The page in docs/: what was seen of each behaviour on either side. */
export function formatPage(
  rows: readonly Row[],
  {
    livekitTitle,
    date,
    clients,
    again,
  }: {
    readonly livekitTitle: string;
    readonly date: string;
    readonly clients: string;
    /** Sentences of those that came out as shown only at a second look, by themselves. */
    readonly again: readonly string[];
  },
): string {
  const count = (kind: Verdict['kind']) => rows.filter(({ verdict }) => verdict.kind === kind).length;
  const parts = [
    '# What the media server does, beside LiveKit',
    '',
    '<!-- Made by `npm run compat -- --write`; edit tests/compat instead. -->',
    '',
    `${rows.length} behaviours, driven by the official unmodified clients (${clients}) against ${livekitTitle} and against the media server of`,
    `this repository, ${date}: ${count('same')} the same, ${count('different')} different with a reason, ${count('unexplained')} unexplained. Each cell is what was observed;`,
    '“same” stands for the same observation as in the column before it.',
    '',
    ...(again.length === 0
      ? []
      : [
          'Three behaviours run at a time. These came out otherwise at first, on either side, and as shown when they were looked at once more by',
          `themselves: ${again.map((sentence) => `“${sentence}”`).join(', ')}.`,
          '',
        ]),
  ];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      parts.push(
        '',
        `## ${group}`,
        '',
        `| Behaviour | Clients | ${livekitTitle} | Ours | Note |`,
        '| --- | --- | --- | --- | --- |',
      );
    }
    const own = row.ours !== undefined && row.livekit !== undefined && sameObservation(row.ours, row.livekit);
    parts.push(
      `| ${inCell(row.behaviour.sentence)} | ${row.behaviour.clients.join(', ')} | ${cell(row.livekit)} | ${own ? 'same' : cell(row.ours)} | ${note(row.verdict)} |`,
    );
  }
  return `${parts.join('\n')}\n`;
}

const longest = 300;

function note(verdict: Verdict): string {
  if (verdict.kind === 'different') return inCell(verdict.reason);
  return verdict.kind === 'unexplained' ? '**unexplained**' : '';
}

function mark({ behaviour }: Row, seen: Observation | undefined): string {
  if (seen === undefined) return '–';
  return sameObservation(seen, behaviour.expected) ? 'yes' : 'other';
}

function cell(observation: Observation | undefined): string {
  return observation === undefined ? '' : `\`${inCell(show(observation))}\``;
}

function show(observation: Observation): string {
  const text = canonical(observation);
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

const inCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
