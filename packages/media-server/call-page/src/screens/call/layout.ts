import type { CallPage } from '@naer/core/contract/call-page';
import type { Person } from '../../media/state.ts';

/** Who is large, and since when (milliseconds since 1970). */
export interface Largest {
  readonly seat: string;
  readonly since: number;
}

export interface Layout {
  readonly sharing: Person | null;
  /** At the top, where the camera is; with one or two others that is all of them. */
  readonly large: readonly Person[];
  /** Small, below; empty with one or two others. */
  readonly row: readonly Person[];
  readonly largest: Largest | null;
}

/** So long somebody stays large at the least: a stage that jumps at every "yes" is no calm one. */
const staysMs = 4_000;

/**
 * Who stands where. Of three others or more the one who speaks is large, and stays so until somebody else speaks; before
 * anybody did, that is the face one knows: the worker, for the host the citizen. The row keeps its order.
 */
export function layOut(
  people: readonly Person[],
  page: Pick<CallPage, 'seats' | 'me'>,
  before: Largest | null,
  now: number,
): Layout {
  const sharing = people.find(({ screen }) => screen !== null) ?? null;
  if (sharing !== null)
    return people.length > 1
      ? { sharing, large: [], row: people, largest: before }
      : { sharing, large: people, row: [], largest: before };
  if (people.length < 3) return { sharing, large: people, row: [], largest: null };
  const largest = largestOf(people, page, before, now);
  return {
    sharing,
    large: people.filter(({ seat }) => seat === largest?.seat),
    row: people.filter(({ seat }) => seat !== largest?.seat),
    largest,
  };
}

function largestOf(
  people: readonly Person[],
  { seats, me }: Pick<CallPage, 'seats' | 'me'>,
  before: Largest | null,
  now: number,
): Largest | null {
  const isIn = (seat: string) => people.some((person) => person.seat === seat);
  const current = before !== null && isIn(before.seat) ? before : null;
  const speaks = people.find(({ speaking, seat }) => speaking && seat !== current?.seat);
  const stillSpeaks = people.some(({ speaking, seat }) => speaking && seat === current?.seat);
  const mayChange = current === null || (!stillSpeaks && now - current.since >= staysMs);
  if (speaks !== undefined && mayChange) return { seat: speaks.seat, since: now };
  if (current !== null) return current;
  const known = me.isHost ? 'citizen' : 'worker';
  const seat = seats.find(({ id, kind }) => kind === known && isIn(id))?.id ?? people[0]?.seat;
  return seat === undefined ? null : { seat, since: now };
}
