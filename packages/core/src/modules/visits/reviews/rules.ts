import { addDays } from '../../../kernel/time-zone.ts';

/** What is known of the contact with a citizen; days are Danish ones, "YYYY-MM-DD". */
export interface ContactFacts {
  /** The last held visit by video. */
  readonly lastVideo: string;
  /** The first one since the last visit in person. */
  readonly videoSince: string;
  /** When a review was answered last. */
  readonly answeredOn: string | null;
}

/** The first day of so many weeks that end today: what happened on it or later lies within them. */
export const firstDayOfLast = (weeks: number, today: string): string => addDays(today, 1 - 7 * weeks);

/**
 * Contact by video alone guards against nothing and can isolate (domain page, section 2). It is there when the weeks of
 * the rule hold a visit by video, and the first one since the last visit in person is older than them; a review is due
 * unless one was answered within them.
 */
export function judgeContact(
  { lastVideo, videoSince, answeredOn }: ContactFacts,
  weeks: number,
  today: string,
): { readonly videoAlone: boolean; readonly due: boolean; readonly weeks: number } {
  const begins = firstDayOfLast(weeks, today);
  const videoAlone = lastVideo >= begins && videoSince < begins;
  const days = (Date.parse(today) - Date.parse(videoSince)) / 86_400_000;
  return {
    videoAlone,
    due: videoAlone && (answeredOn === null || answeredOn < begins),
    weeks: Math.floor(days / 7),
  };
}
