import type { Language } from '../../../contract/index.ts';
import { monthNames } from '../../../kernel/time-format.ts';

/** "5. januar 2026" or "5 January 2026". */
export function shownDay(day: string, language: Language): string {
  const [year = '', month = '', date = ''] = day.split('-');
  const name = monthNames[language][Number(month) - 1] ?? '';
  return `${Number(date)}${language === 'da' ? '.' : ''} ${name} ${Number(year)}`;
}

/** "F4, F8 og F9" or "F4, F8 and F9". */
export function joined(words: readonly string[], language: Language): string {
  const last = words.at(-1) ?? '';
  if (words.length < 2) return last;
  return `${words.slice(0, -1).join(', ')} ${language === 'da' ? 'og' : 'and'} ${last}`;
}

/** "4,2" or "4.2"; whole numbers without decimals. */
export function shownNumber(value: number, language: Language): string {
  const text = String(Math.round(value * 10) / 10);
  return language === 'da' ? text.replace('.', ',') : text;
}
