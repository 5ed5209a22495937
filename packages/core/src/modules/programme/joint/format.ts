import canonicalize from 'canonicalize';
import { z } from 'zod';
import { month } from '../../../contract/index.ts';
import { id } from '../../../contract/primitives.ts';
import { type Counts, countPaths } from '../months/index.ts';

// What a member signs (C2SP signed-note): four lines, the first of which names the format; the others are RFC 8785 JSON.

const formatLine = 'naer-contribution/1';

/** What a member says of itself for a month. */
export interface Contribution {
  /** The lead's id of the joint programme. */
  readonly programme: string;
  /** Of the member's log. */
  readonly origin: string;
  readonly month: string;
  /** The tree that was counted, and its root in base 64. */
  readonly size: string;
  readonly root: string;
  readonly targetGroup: number;
  readonly counts: Counts;
  /** The signed checkpoint of that tree. */
  readonly checkpoint: string;
}

const headShape = z.strictObject({
  programme: id,
  origin: z.string().min(1).max(200),
  month,
  size: z.string().regex(/^[1-9]\d{0,17}$/),
  root: z.string().max(64),
  targetGroup: z.int().min(1).max(1_000_000),
});
const count = z.int().min(0).max(10_000_000);
const countsShape = z.strictObject(Object.fromEntries(countPaths.map((path) => [path, count])));
const checkpointShape = z.strictObject({ checkpoint: z.string().max(20_000) });

/** The text that is signed; it ends with a newline. */
export function encodeContribution({ counts, checkpoint, ...head }: Contribution): string {
  const lines = [head, counts, { checkpoint }].map((part) => canonicalize(part) ?? '');
  return `${[formatLine, ...lines].join('\n')}\n`;
}

/** @returns null for what is no contribution, or not written as RFC 8785 says */
export function parseContribution(text: string): Contribution | null {
  const [first, head, counts, checkpoint, end, ...rest] = text.split('\n');
  if (first !== formatLine || end !== '' || rest.length > 0) return null;
  const parsed = z
    .tuple([headShape, countsShape, checkpointShape])
    .safeParse([head, counts, checkpoint].map((line) => readJson(line ?? '')));
  if (!parsed.success) return null;
  const contribution = { ...parsed.data[0], counts: parsed.data[1], ...parsed.data[2] };
  return encodeContribution(contribution) === text ? contribution : null;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Whether counts can be those of one municipality: what their definitions say of each other holds. */
export function areSane(counts: Counts): boolean {
  const of = (path: string): number => counts[path] ?? 0;
  const sum = (prefix: string): number =>
    countPaths.filter((path) => path.startsWith(prefix)).reduce((total, path) => total + of(path), 0);
  const steps = ['offered', 'accepted', 'introduced', 'firstCall', 'regular'].map((step) =>
    of(`funnel.${step}`),
  );
  return (
    sum('sessions.') === of('hasReceived') &&
    sum('onlineShare.') === of('hasReceived') &&
    of('funnel.firstCall') === of('hasReceived') &&
    steps.every((step, nth) => nth === 0 || step <= (steps[nth - 1] ?? 0)) &&
    of('receivesRegularly') <= of('hasReceived') &&
    of('workers.active') <= of('workers.employed')
  );
}
