import { fitLine } from './figures.ts';

export interface Sample {
  readonly seconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly outsideHeapBytes: number;
  /** Resident, but neither JavaScript's nor held by it: the native library and the program itself. */
  readonly nativeBytes: number;
  /** Processors' time over time since the sample before. */
  readonly cores: number;
  readonly loopDelayP99Ms: number;
  readonly transports: number;
  readonly sockets: number;
  readonly participants: number;
  /** Everything that keeps the server's event loop busy, as Node lists it. */
  readonly resources: number;
}

export type SampleField = Exclude<keyof Sample, 'seconds'>;

export interface Trend {
  readonly field: SampleField;
  readonly middle: number;
  /** By the fitted line, from the beginning of the second half to the end, as a share of its middle. */
  readonly rise: number;
  readonly perHour: number;
  /** The most that `rise` may be; null where the figure is only told. */
  readonly bound: number | null;
  readonly flat: boolean;
}

/**
 * Over an hour a hundredth in the second half is two hundredths an hour. The garbage collector's low points still differ by
 * what happened to be alive just then, so the heap is given more.
 */
const bounds: Partial<Record<SampleField, number>> = {
  residentBytes: 0.01,
  heapBytes: 0.05,
  outsideHeapBytes: 0.05,
  transports: 0,
  sockets: 0,
  resources: 0.01,
};

const fields: readonly SampleField[] = [
  'residentBytes',
  'heapBytes',
  'outsideHeapBytes',
  'nativeBytes',
  'resources',
  'transports',
  'sockets',
  'cores',
  'loopDelayP99Ms',
];

/** Of what goes up and down with every collection only the low points tell whether something stays. */
const lowPoints: ReadonlySet<SampleField> = new Set([
  'heapBytes',
  'outsideHeapBytes',
  'transports',
  'sockets',
  'resources',
]);

/** What `--csv` kept: a line of names, then one of numbers for each sample. @throws Error where a column is missing */
export function readSamples(csv: string): Sample[] {
  const [head = '', ...lines] = csv.trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const of = (name: keyof Sample): number => {
      const value = Number(cells[names.indexOf(name)] ?? Number.NaN);
      if (Number.isNaN(value)) throw new Error(`the samples have no ${name}`);
      return value;
    };
    return {
      seconds: of('seconds'),
      residentBytes: of('residentBytes'),
      heapBytes: of('heapBytes'),
      outsideHeapBytes: of('outsideHeapBytes'),
      nativeBytes: of('nativeBytes'),
      cores: of('cores'),
      loopDelayP99Ms: of('loopDelayP99Ms'),
      transports: of('transports'),
      sockets: of('sockets'),
      participants: of('participants'),
      resources: of('resources'),
    };
  });
}

/** The second half alone: in the first one caches fill, and the machine code of what is often done is made. */
export function findTrends(samples: readonly Sample[]): Trend[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  const spanSeconds = (half.at(-1)?.seconds ?? 0) - (half[0]?.seconds ?? 0);
  return fields.map((field) => {
    const points = lowPoints.has(field)
      ? lowestOfEachTurn(half, field)
      : half.map((sample): [number, number] => [sample.seconds, sample[field]]);
    const { slope, middle } = fitLine(points);
    const share = middle === 0 ? 0 : (slope * spanSeconds) / middle;
    const bound = bounds[field] ?? null;
    // Rounding of the fit, of numbers that are all the same.
    const flat = bound === null || share <= bound + 1e-9;
    return { field, middle, rise: share, perHour: (share * 3600) / spanSeconds, bound, flat };
  });
}

/**
 * With the growth of the heap fixed (see soak.ts) a full collection of ten calls comes every four to five minutes; the lowest
 * of a minute would tell how far from one it was. What is left over at the end is no whole turn.
 */
const turnSeconds = 300;

function lowestOfEachTurn(samples: readonly Sample[], field: SampleField): [number, number][] {
  const begun = samples[0]?.seconds ?? 0;
  const span = (samples.at(-1)?.seconds ?? 0) - begun;
  const turnOf = Math.min(turnSeconds, span / 2);
  const lowest = new Map<number, [number, number]>();
  for (const sample of samples) {
    const turn = Math.floor((sample.seconds - begun) / turnOf);
    if ((turn + 1) * turnOf > span) continue;
    const known = lowest.get(turn);
    if (known === undefined || sample[field] < known[1]) lowest.set(turn, [sample.seconds, sample[field]]);
  }
  return [...lowest.values()];
}

export function formatTrends(trends: readonly Trend[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return trends
    .map(({ field, middle, rise, perHour, bound, flat }) =>
      [
        field.padEnd(18),
        (field.endsWith('Bytes') ? `${(middle / 1e6).toFixed(1)} MB` : middle.toPrecision(3)).padStart(10),
        `${percent(rise)} in the second half`.padStart(28),
        `${percent(perHour)} an hour`.padStart(20),
        bound === null ? '' : `≤ ${percent(bound)}: ${flat ? 'flat' : 'NOT FLAT'}`,
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
