import type { OpeningHours } from '@naer/core/contract/rooms';
import { CliError } from '../errors/cli-error.ts';
import { language, say } from '../language.ts';

const days = {
  da: ['ma', 'ti', 'on', 'to', 'fr', 'lø', 'sø'],
  en: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
} as const;

/** Reads opening hours such as "ma-fr 8-16, lø 10-14" or "mon-fri 07:30-18". A weekday not named is closed. */
export function readOpeningHours(text: string): OpeningHours {
  return text.split(',').flatMap((part) => {
    const match = /^(\p{L}+)(?:-(\p{L}+))? +([\d:.]+)-([\d:.]+)$/u.exec(part.trim().toLowerCase());
    const from = weekday(match?.[1]);
    const to = weekday(match?.[2] ?? match?.[1]);
    const [opens, closes] = [clock(match?.[3]), clock(match?.[4])];
    if (from === null || to === null || to < from || opens === null || closes === null)
      throw new CliError('hours_unreadable', { text: part.trim() });
    return Array.from({ length: to - from + 1 }, (_, at) => ({ weekday: from + at, opens, closes }));
  });
}

/** The way back, with days of equal hours joined. */
export function formatOpeningHours(hours: OpeningHours): string {
  const names = days[language()];
  const runs: { from: number; to: number; text: string }[] = [];
  for (const { weekday: day, opens, closes } of [...hours].sort((a, b) => a.weekday - b.weekday)) {
    const text = `${short(opens)}-${short(closes)}`;
    const last = runs.at(-1);
    if (last?.to === day - 1 && last.text === text) last.to = day;
    else runs.push({ from: day, to: day, text });
  }
  const name = (day: number) => names[day - 1] ?? '';
  return (
    runs.map(({ from, to, text }) => `${name(from)}${to > from ? `-${name(to)}` : ''} ${text}`).join(', ') ||
    say('lukket', 'closed')
  );
}

function weekday(word: string | undefined): number | null {
  if (word === undefined) return null;
  const at = [days.da, days.en]
    .map((names) => names.findIndex((name) => word.startsWith(name)))
    .find((found) => found >= 0);
  return at === undefined ? null : at + 1;
}

function clock(text: string | undefined): string | null {
  const match = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(text ?? '');
  if (match === null) return null;
  const [hour, minute] = [Number(match[1]), Number(match[2] ?? 0)];
  if (hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** "08:00" as "8", "07:30" as "7.30" or "7:30". */
const short = (time: string): string =>
  time.replace(/^0/, '').replace(/:00$/, '').replace(':', say('.', ':'));
