import type { Language } from '@naer/core/contract/errors';

/**
 * The language a person wants: `--lang`, else what the shell says, else Danish.
 * `C` and `POSIX` say nothing about a person, and languages that Nær does not speak fall back to Danish.
 */
export function chooseLanguage(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Language {
  const asked = flagValue(argv, '--lang');
  if (asked === 'da' || asked === 'en') return asked;
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /^en([_.@-]|$)/i.test(locale) ? 'en' : 'da';
}

function flagValue(argv: readonly string[], flag: string): string | undefined {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = words[at];
  if (word === undefined) return undefined;
  return word === flag ? words[at + 1] : word.slice(flag.length + 1);
}

let current: Language = chooseLanguage(process.argv.slice(2), process.env);

export const language = (): Language => current;

/** For tests, which would otherwise speak the language of whoever runs them. */
export function useLanguage(wanted: Language): void {
  current = wanted;
}

/** A text in both languages, side by side where it is used, so that neither is forgotten. */
export const say = (da: string, en: string): string => (current === 'da' ? da : en);

/** A count with its word: "1 række", "41.000 rækker". */
export function counted(
  n: number,
  da: readonly [one: string, more: string],
  en: readonly [one: string, more: string],
): string {
  const [one, more] = current === 'da' ? da : en;
  return `${n.toLocaleString(current)} ${n === 1 ? one : more}`;
}
