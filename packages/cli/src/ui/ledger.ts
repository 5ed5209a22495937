import type {
  Checkpoint,
  Finding,
  LedgerHead,
  LedgerKey,
  LedgerLeaf,
  Witness,
} from '@naer/core/contract/ledger';
import { Flags } from '@oclif/core';
import { isId, shortId } from '../actions/short-ids.ts';
import { counted, say } from '../language.ts';
import { countText } from './figures.ts';
import { findingWords, keyPurposeWords } from './ledger-words.ts';
import { type Column, column, renderCard } from './table.ts';
import { moment, shortMoment } from './time.ts';
import { word } from './words.ts';

export const outFlag = {
  out: Flags.string({
    summary: say('Ny fil; ellers standard-output', 'A new file; else standard output'),
    helpValue: say('FIL', 'FILE'),
  }),
};

/** The keys that are trusted: never those that a file brings along. */
export const keyFlags = {
  key: Flags.string({
    summary: say('Nøgle, du stoler på; kan gentages', 'A key you trust; may be repeated'),
    helpValue: say('NØGLE', 'KEY'),
    multiple: true,
    multipleNonGreedy: true,
  }),
  'key-file': Flags.string({
    summary: say('En fil med sådanne, én på hver linje', 'A file of such, one on each line'),
    helpValue: say('FIL', 'FILE'),
    multiple: true,
    multipleNonGreedy: true,
  }),
};

export const entriesText = (n: bigint | number | string): string =>
  counted(Number(n), ['post', 'poster'], ['entry', 'entries']);

/** A leaf as JSON tells it; null for what is none, which is shown as it is. */
function readEntry(text: string): {
  readonly type: string;
  readonly at: string | null;
  readonly actor: string;
  readonly facts: readonly (readonly [string, unknown])[];
} | null {
  try {
    const leaf = new Map<string, unknown>(Object.entries(JSON.parse(text) ?? {}));
    const entry = new Map<string, unknown>(Object.entries(leaf.get('entry') ?? {}));
    const [type, actor, at] = [entry.get('type'), leaf.get('actor'), leaf.get('recordedAt')];
    if (typeof type !== 'string') return null;
    entry.delete('type');
    return {
      type,
      at: typeof at === 'string' ? at : null,
      actor: typeof actor === 'string' ? actor : '',
      facts: [...entry],
    };
  } catch {
    return null;
  }
}

function factText(value: unknown): string {
  if (Array.isArray(value)) return value.map(factText).join(',');
  if (typeof value !== 'string') return JSON.stringify(value);
  if (/^[0-9a-f]{64}$/.test(value)) return `${value.slice(0, 8)}…`;
  return isId(value) ? shortId(value) : value;
}

/** Fields that are null or empty say nothing in a line of their own. */
const factsText = (facts: readonly (readonly [string, unknown])[]): string =>
  facts
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}=${factText(value)}`)
    .join(' ');

export const leafColumns = (): Column<LedgerLeaf>[] => [
  { ...column(say('Post', 'Entry'), 'index', ({ index }: LedgerLeaf) => index), align: 'right' },
  column(
    say('Skrevet', 'Recorded'),
    'recordedAt',
    ({ entry }) => {
      const at = readEntry(entry)?.at ?? null;
      return at === null ? '' : shortMoment(at);
    },
    ({ entry }) => readEntry(entry)?.at ?? null,
  ),
  column(say('Hvad', 'What'), 'type', ({ entry }) => readEntry(entry)?.type ?? '?'),
  { ...column('', 'leafHash', ({ leafHash }: LedgerLeaf) => leafHash), csvOnly: true },
  column(
    say('Om', 'About'),
    'entry',
    ({ entry }) => {
      const read = readEntry(entry);
      return read === null ? entry : factsText(read.facts);
    },
    ({ entry }) => entry,
  ),
];

/** One leaf in full: its fields by name, its hash, and the exact bytes that are hashed. */
export function leafText(leaf: LedgerLeaf): string {
  const read = readEntry(leaf.entry);
  const pairs: readonly (readonly [string, string])[] =
    read === null
      ? []
      : [
          [say('Hvad', 'What'), read.type],
          [say('Skrevet', 'Recorded'), read.at === null ? '' : moment(read.at)],
          [say('Af', 'By'), read.actor],
          ...read.facts.map(
            ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
          ),
        ];
  const card = renderCard([
    [say('Post', 'Entry'), countText(Number(leaf.index))],
    ...pairs,
    [say('Hash', 'Hash'), leaf.leafHash],
  ]);
  return `${card}\n\n${leaf.entry}`;
}

export const checkpointColumns = (): Column<Checkpoint>[] => [
  {
    ...column(
      say('Størrelse', 'Size'),
      'size',
      ({ size }: Checkpoint) => size,
      ({ size }: Checkpoint) => size,
    ),
    align: 'right',
  },
  column(say('Rod', 'Root'), 'rootHash', ({ rootHash }) => rootHash),
  column(
    say('Underskrevet', 'Signed'),
    'signedAt',
    ({ signedAt }) => shortMoment(signedAt),
    ({ signedAt }) => signedAt,
  ),
  { ...column('', 'keyId', ({ keyId }: Checkpoint) => keyId), csvOnly: true },
  column(say('Vidner', 'Witnesses'), 'cosignedBy', ({ cosignedBy }) => cosignedBy.join(', ')),
];

export function headCard({ checkpoint, waiting, lastCheck }: LedgerHead): string {
  const checked =
    lastCheck === null
      ? say('aldrig; brug »naer ledger fsck«', 'never; use "naer ledger fsck"')
      : say(
          `${lastCheck.sound ? 'hel' : 'IKKE hel'} ved ${countText(Number(lastCheck.size))}, ${moment(lastCheck.checkedAt)}`,
          `${lastCheck.sound ? 'sound' : 'NOT sound'} at ${countText(Number(lastCheck.size))}, ${moment(lastCheck.checkedAt)}`,
        );
  const rest = [
    [say('Venter', 'Waiting'), entriesText(waiting)],
    [say('Sidst efterset', 'Last checked'), checked],
  ] as const;
  return checkpoint === null
    ? renderCard([[say('Underskrevet', 'Signed'), say('intet endnu', 'nothing yet')], ...rest])
    : renderCard([
        [say('Log', 'Log'), checkpoint.origin],
        [say('Størrelse', 'Size'), entriesText(checkpoint.size)],
        [say('Rod', 'Root'), checkpoint.rootHash],
        [say('Underskrevet', 'Signed'), `${moment(checkpoint.signedAt)} (${checkpoint.keyId})`],
        [
          say('Vidner', 'Witnesses'),
          checkpoint.cosignedBy.length === 0
            ? say('ingen endnu', 'none yet')
            : checkpoint.cosignedBy.join(', '),
        ],
        ...rest,
      ]);
}

/** One line for each finding: "Post 17: indholdet er ændret (tile/entries/000)". */
export const findingLines = (findings: readonly Finding[]): string[] =>
  findings.map(({ kind, index, until, where }) => {
    const place =
      index === null
        ? null
        : until === null
          ? say(`post ${index}`, `entry ${index}`)
          : say(`post ${index}–${until}`, `entries ${index}–${until}`);
    const what = [place, word(findingWords, kind)].filter((part) => part !== null).join(': ');
    const told = where === 'against' ? say('det gemte punkt', 'the kept checkpoint') : where;
    return `  ${what}${told === null ? '' : ` (${told})`} [${kind}]`;
  });

export const keyColumns = (): Column<LedgerKey>[] => [
  column(
    say('Til', 'For'),
    'purpose',
    ({ purpose }) => word(keyPurposeWords, purpose),
    ({ purpose }) => purpose,
  ),
  {
    ...column(
      say('Fra størrelse', 'From size'),
      'fromSize',
      ({ fromSize }: LedgerKey) => fromSize,
      ({ fromSize }: LedgerKey) => fromSize,
    ),
    align: 'right',
  },
  column(
    say('Skiftet ud', 'Replaced'),
    'retiredAt',
    ({ retiredAt }) => (retiredAt === null ? '' : shortMoment(retiredAt)),
    ({ retiredAt }) => retiredAt,
  ),
  // The last column is never cut short where there is no terminal, and wraps nowhere: it is to be copied.
  column(say('Offentlig nøgle', 'Public key'), 'verifierKey', ({ verifierKey }) => verifierKey),
];

export const witnessColumns = (): Column<Witness>[] => [
  column(
    say('Nr.', 'No.'),
    'id',
    ({ id }) => shortId(id),
    ({ id }) => id,
  ),
  column(say('Vidne', 'Witness'), 'name', ({ name }) => name),
  column(
    say('Siden', 'Since'),
    'trustedAt',
    ({ trustedAt }) => shortMoment(trustedAt),
    ({ trustedAt }) => trustedAt,
  ),
  column(
    say('Til', 'Until'),
    'endedAt',
    ({ endedAt }) => (endedAt === null ? '' : shortMoment(endedAt)),
    ({ endedAt }) => endedAt,
  ),
  { ...column('', 'verifierKey', ({ verifierKey }: Witness) => verifierKey), csvOnly: true },
];
