export type Language = 'da' | 'en';

export const zone = 'Europe/Copenhagen';
const locales: Record<Language, string> = { da: 'da-DK', en: 'en-GB' };

const forms = {
  clock: { timeZone: zone, hour: '2-digit', minute: '2-digit' },
  day: { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' },
} as const;
const made = new Map<string, Intl.DateTimeFormat>();

/** Made once: making one takes longer than the rest of a screen, and screens count seconds. */
function formatter(form: keyof typeof forms, language: Language): Intl.DateTimeFormat {
  const known = made.get(form + language) ?? new Intl.DateTimeFormat(locales[language], forms[form]);
  made.set(form + language, known);
  return known;
}

/** A local time of day as a sentence has it: "kl. 10.02", "at 10:02". */
export function timeOf(instant: string | number, language: Language): string {
  const clock = formatter('clock', language).format(new Date(instant));
  return language === 'da' ? `kl.\u00a0${clock.replace(':', '.')}` : `at\u00a0${clock}`;
}

/** The same after a word that is no "at" and stands for itself: "siden kl. 10.02", "since 10:02". */
export const clockOf = (instant: string | number, language: Language): string =>
  language === 'da' ? timeOf(instant, language) : formatter('clock', language).format(new Date(instant));

/** "tirsdag den 1. december", "Tuesday 1 December". */
export function dayOf(instant: string | number, language: Language): string {
  const parts = formatter('day', language).formatToParts(new Date(instant));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  return language === 'da'
    ? `${part('weekday')} den ${part('day')}. ${part('month')}`
    : `${part('weekday')} ${part('day')} ${part('month')}`;
}

export const isSameDay = (a: string | number, b: string | number): boolean =>
  dayOf(a, 'en') === dayOf(b, 'en');

/**
 * How long it is, in whole minutes from an hour's distance on and with seconds in the last minutes: "2 timer og 5 minutter",
 * "12 minutter", "1:07 minut". Negative spans are nothing.
 */
export function spanOf(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [minute, minutes, hour, hours, day, days, and] =
    language === 'da'
      ? ['minut', 'minutter', 'time', 'timer', 'dag', 'dage', 'og']
      : ['minute', 'minutes', 'hour', 'hours', 'day', 'days', 'and'];
  const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
  if (seconds < 600) {
    const rest = String(seconds % 60).padStart(2, '0');
    return `${Math.floor(seconds / 60)}:${rest} ${minutes}`;
  }
  const whole = Math.ceil(seconds / 60);
  if (whole < 60) return count(whole, minute, minutes);
  if (whole < 48 * 60) {
    const left = whole % 60;
    const first = count(Math.floor(whole / 60), hour, hours);
    return left === 0 ? first : `${first} ${and} ${count(left, minute, minutes)}`;
  }
  return count(Math.round(whole / 1440), day, days);
}

/** "70 00 00 00" of "+4570000000"; "112" of "+45112"; anything else as it is. */
export function phoneOf(number: string): string {
  const local = number.replace(/^\+45/, '').replaceAll(' ', '');
  return /^\d{8}$/.test(local) ? local.replace(/(\d{2})(?=\d)/g, '$1 ') : local;
}

/** What a `tel:` link dials; short numbers such as 112 go without the country. */
export function telOf(number: string): string {
  const local = number.replaceAll(' ', '').replace(/^\+45/, '');
  return `tel:${/^\d{8}$/.test(local) ? `+45${local}` : local}`;
}

/** A word as it begins a line. */
export const startUp = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A word as it stands within a sentence. */
export const startDown = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);
