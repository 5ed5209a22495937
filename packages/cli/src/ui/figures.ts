import type { ShownCount } from '@naer/core/contract/measures';
import { language, say } from '../language.ts';

/** A count: "1.234". */
export const countText = (n: number): string => n.toLocaleString(language());

/** A count of a month-end, which may be hidden. */
export const shownText = (n: ShownCount): string => (n === 'hidden' ? say('skjult', 'hidden') : countText(n));

/** A number with at most one decimal: "3,2". */
export const decimalText = (n: number): string => n.toLocaleString(language(), { maximumFractionDigits: 1 });

/** A share between 0 and 1: "7,1 %"; a dash where there is nothing to divide by. */
export const shareText = (share: number | null): string =>
  share === null ? '–' : percentText(decimalText(share * 100));

/** "20 %" in Danish, "20%" in English. */
export const percentText = (percent: number | string): string =>
  language() === 'da' ? `${percent} %` : `${percent}%`;

const months = {
  da: 'jan feb mar apr maj jun jul aug sep okt nov dec'.split(' '),
  en: 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' '),
};

/** A month by three letters; 1 is January. */
export const monthName = (month: number): string => months[language()][month - 1] ?? '';

/** A day without its weekday and always with its year: "31. okt 2026". */
export function dateText(day: string): string {
  const [year, month, date] = day.split('-').map(Number);
  const dot = language() === 'da' ? '.' : '';
  return `${date}${dot} ${monthName(month ?? 0)} ${year}`;
}

/** A month of the API: "okt 2026". */
export const monthText = (month: string): string =>
  `${monthName(Number(month.slice(5, 7)))} ${month.slice(0, 4)}`;
