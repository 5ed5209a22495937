import type { Language } from '../../kernel/errors.ts';
import { monthNames } from '../../kernel/time-format.ts';
import { shownDay } from './plan/sentences.ts';

export { joined, shownDay, shownNumber } from './plan/sentences.ts';

/** Two days as one span: "3.–29. november 2026", "28. oktober–3. november 2026", or "3 to 29 November 2026". */
export function joinedDays(from: string, to: string, language: Language): string {
  if (from === to) return shownDay(to, language);
  const [year, month, day] = [from.slice(0, 4), from.slice(5, 7), String(Number(from.slice(8)))];
  const name = monthNames[language][Number(month) - 1] ?? '';
  const until = shownDay(to, language);
  const same = to.startsWith(`${year}-${month}`);
  const sameYear = to.startsWith(year);
  if (language === 'da') {
    if (same) return `${day}.–${until}`;
    return sameYear ? `${day}. ${name}–${until}` : `${shownDay(from, language)}–${until}`;
  }
  if (same) return `${day} and ${until}`;
  return sameYear ? `${day} ${name} and ${until}` : `${shownDay(from, language)} and ${until}`;
}

/** "oktober 2015" or "October 2015", of a month such as `2015-10`. */
export function shownMonth(month: string, language: Language): string {
  const name = monthNames[language][Number(month.slice(5)) - 1] ?? '';
  return `${name} ${month.slice(0, 4)}`;
}

/** A whole number with thousands apart: "8.412" or "8,412". */
export function grouped(value: number | bigint | string, language: Language): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, language === 'da' ? '.' : ',');
}
