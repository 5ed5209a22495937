import { CliError } from '../errors/cli-error.ts';

/** An option that clears with an empty text: undefined is untouched, null is cleared. */
export const orNull = (text: string | undefined): string | null | undefined => (text === '' ? null : text);

/** A number written the Danish or the English way, "1,5" or "1.5". */
export function readNumber(text: string, option: string): number;
export function readNumber(text: string | undefined, option: string): number | undefined;
export function readNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+([.,]\d+)?$/.test(text.trim())) throw new CliError('number_unreadable', { text, option });
  return Number(text.trim().replace(',', '.'));
}
