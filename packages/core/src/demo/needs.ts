import type { DemoCitizen, Grant } from './citizens.ts';

/** Visits a week that come to about what was granted; a little longer, since some are cancelled. */
const visitsOf = ({
  minutes,
  per,
}: Grant): { readonly minutes: readonly number[]; readonly every: number } => {
  const weekly = per === 'week' ? minutes : minutes / 2;
  if (per === 'fortnight' && minutes <= 60) return { minutes: [minutes + 10], every: 2 };
  const count = weekly <= 90 ? 1 : weekly <= 180 ? 2 : 3;
  return { minutes: Array.from({ length: count }, () => Math.ceil(weekly / count / 5) * 5 + 10), every: 1 };
};

/** The calls a week, in minutes, and the visits beside them, of those with much video. */
const heavyWeeks = {
  beside: { calls: [35], visits: [55], every: 1 },
  mostly: { calls: [30, 30], visits: [45], every: 2 },
  only: { calls: [20, 20, 20], visits: [], every: 1 },
} as const;
export const callMinutes = 25;
export const spareMinutes = 30;
/** The steps of growing contact; the weekdays and minutes of each. */
export const growing = [
  { weeks: 2, weekdays: [1, 2, 3, 4, 5], minutes: 5 },
  { weeks: 2, weekdays: [1, 3, 5], minutes: 10 },
  { weeks: 2, weekdays: [2, 4], minutes: 20 },
  { weeks: null, weekdays: [2], minutes: 30 },
] as const;
export const growingSince = 35;
export const fading = [
  { weeks: 4, every: 1 },
  { weeks: 8, every: 2 },
  { weeks: 12, every: 4 },
] as const;
export const fadingSince = 63;

/** What of a worker's week a citizen needs, in minutes for each appointment. */
export interface Needs {
  readonly visits: readonly number[];
  readonly every: number;
  readonly calls: readonly number[];
  readonly growing: boolean;
  readonly spare: boolean;
}

export function needsOf(citizen: DemoCitizen): Needs {
  const { online, grant, stands } = citizen;
  const { minutes: visits, every } = visitsOf(grant);
  const usual = {
    visits,
    every,
    calls: [],
    growing: false,
    spare: stands === 'accepted' || stands === 'introduced',
  };
  switch (online?.way) {
    case undefined:
      return usual;
    case 'once':
      return { ...usual, spare: true };
    case 'regular':
    case 'fading':
      return { ...usual, calls: [callMinutes], spare: false };
    case 'growing':
      return { visits: [], every: 1, calls: [30], growing: true, spare: false };
    case 'beside':
    case 'mostly':
    case 'only':
      return { ...heavyWeeks[online.way], growing: false, spare: false };
  }
}
