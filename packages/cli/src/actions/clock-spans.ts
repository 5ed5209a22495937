import type { TalkSpan } from '@naer/core/contract/ground-rules';
import { CliError } from '../errors/cli-error.ts';
import { language } from '../language.ts';
import { formatOpeningHours, readOpeningHours } from './opening-hours.ts';

const none = /^(ingen|aldrig|none|never|)$/i;

/** Hours for talks such as "ma-to 9-15, fr 9-12"; "ingen" or "none" is not to be asked at all. */
export const readTalkHours = (text: string): TalkSpan[] =>
  none.test(text.trim())
    ? []
    : readOpeningHours(text).map(({ weekday, opens, closes }) => ({ weekday, from: opens, until: closes }));

/** The way back; days of the same hours are joined, also where a day has several. */
export function formatTalkHours(spans: readonly TalkSpan[]): string {
  const byTimes = Map.groupBy(spans, ({ from, until }) => `${from}-${until}`);
  return [...byTimes.values()]
    .sort((a, b) => earliest(a) - earliest(b))
    .map((same) =>
      formatOpeningHours(same.map(({ weekday, from, until }) => ({ weekday, opens: from, closes: until }))),
    )
    .join(', ');
}

/** By the first weekday, then by the time of day. */
const earliest = (spans: readonly TalkSpan[]): number =>
  Math.min(
    ...spans.map(
      ({ weekday, from }) => weekday * 1440 + Number(from.slice(0, 2)) * 60 + Number(from.slice(3)),
    ),
  );

/** From when until when, such as "21-8" or "21.30-07:45"; it may go over midnight. */
export function readClockSpan(text: string): { readonly from: string; readonly until: string } {
  const match = /^(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?$/.exec(text.trim());
  const [from, until] = [clock(match?.[1], match?.[2]), clock(match?.[3], match?.[4])];
  if (from === null || until === null) throw new CliError('clock_span_unreadable', { text });
  return { from, until };
}

function clock(hours: string | undefined, minutes = '00'): string | null {
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  return `${hours.padStart(2, '0')}:${minutes}`;
}

/** "21:00" as people write it: "21.00". */
export const clockOf = (time: string): string => (language() === 'da' ? time.replace(':', '.') : time);
