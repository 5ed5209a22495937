import type { Channel, PartKind, Visit } from '@naer/core/contract/visits';
import { CliError } from '../errors/cli-error.ts';
import { pick } from '../ui/choices.ts';
import { partWords } from '../ui/visit-words.ts';
import { wallTime } from './days.ts';
import { later, readPast } from './times.ts';

export interface RecordedPart {
  readonly kind: PartKind;
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface TimesGiven {
  readonly channel: Channel | undefined;
  readonly minutes: number | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly travel: number | undefined;
  /** "video:10.00-10.12", in order. */
  readonly parts: readonly string[];
}

/**
 * The actual times of a visit as somebody told them, or undefined where they told none: then it was held as planned, or
 * as it was started and ended. Times of day are those of the visit's own day; travel lies before the first part.
 */
export function readParts(visit: Visit, given: TimesGiven, now: Date): RecordedPart[] | undefined {
  const { channel, minutes, from, to, travel } = given;
  const day = wallTime(visit.at).day;
  if (given.parts.length > 0)
    return withTravel(
      given.parts.map((text) => readPart(text, now, day)),
      travel,
    );
  const known = knownParts(visit);
  if ([channel, minutes, from, to].every((each) => each === undefined))
    return travel === undefined ? undefined : withTravel(known, travel);
  const [first] = known;
  const startsAt = from === undefined ? (first?.startsAt ?? visit.at) : readPast(from, now, day).startsAt;
  const until = to === undefined ? known.at(-1)?.endsAt : readPast(to, now, day).startsAt;
  const endsAt = minutes === undefined ? (until ?? startsAt) : later(startsAt, minutes);
  return withTravel([{ kind: channel ?? visit.channel, startsAt, endsAt }], travel);
}

/** What is known without being told: the parts that were started and ended, else the planned time. */
function knownParts(visit: Visit): RecordedPart[] {
  const ended = visit.parts.flatMap(({ kind, startsAt, endsAt }) =>
    endsAt === null || kind === 'travel' || kind === 'waiting' ? [] : [{ kind, startsAt, endsAt }],
  );
  if (ended.length > 0 || visit.planned === null) return ended;
  return [{ kind: visit.channel, ...visit.planned }];
}

/** A part with the minutes of travel before it. */
export function withTravel(parts: readonly RecordedPart[], travel: number | undefined): RecordedPart[] {
  const [first] = parts;
  if (travel === undefined || travel === 0 || first === undefined) return [...parts];
  const before = {
    kind: 'travel',
    startsAt: later(first.startsAt, -travel),
    endsAt: first.startsAt,
  } as const;
  return [before, ...parts];
}

function readPart(text: string, now: Date, day: string): RecordedPart {
  const [kind = '', ...rest] = text.split(':');
  const { startsAt, endsAt } = readPast(rest.join(':'), now, day);
  if (endsAt === null) throw new CliError('part_unreadable', { text });
  return { kind: pick(partWords, kind, '--part'), startsAt, endsAt };
}
