import type { Channel } from '@naer/core/contract/visits';
import { wallTime, weekdayOf } from './days.ts';

/** A visit that comes again by the Danish wall clock, as plans hold it. */
export interface SlotWish {
  readonly channel: Channel;
  readonly weekday: number;
  readonly time: string;
  readonly minutes: number;
}

/** The weekday and time of day of a first visit: those on which the others follow. */
export function slotOf(channel: Channel, startsAt: string, minutes: number): SlotWish {
  const { day, clock } = wallTime(startsAt);
  return { channel, weekday: weekdayOf(day), time: clock, minutes };
}
