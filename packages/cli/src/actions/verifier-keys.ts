import { DomainError } from '@naer/core/contract/errors';
import { CliError } from '../errors/cli-error.ts';
import { readTextFile } from './text-files.ts';

type KeyFlags = {
  readonly key?: readonly string[] | undefined;
  readonly 'key-file'?: readonly string[] | undefined;
};

/**
 * The keys that somebody trusts: given, or in files with one on each line, as `naer ledger keys --out` and the list inside an
 * export write them, with the size that a key signs from behind it. Throws key_needed where there is none.
 */
export async function readKeys(flags: KeyFlags): Promise<readonly string[]> {
  const files = await Promise.all((flags['key-file'] ?? []).map(readTextFile));
  const lines = [...(flags.key ?? []), ...files.flatMap((text) => text.split('\n'))];
  const keys = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (keys.length === 0) throw new CliError('key_needed');
  return keys;
}

/** Without the size that it signs from. */
export const bareKey = (key: string): string => key.split(/\s+/)[0] ?? '';

/** What the verifier says of a key that is none, as a person reads it. */
export async function withKeys<T>(work: () => Promise<T>): Promise<T> {
  const { NoteBroken } = await import('@naer/core/verifier');
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NoteBroken)) throw error;
    throw new DomainError(
      'verifier_key_invalid',
      { why_da: 'den er ikke hel', why_en: 'it is not whole' },
      { cause: error },
    );
  }
}

/** The size that a checkpoint tells, whoever signed it; null for what is none. */
export function sizeTold(checkpoint: string): string | null {
  const [, size = ''] = checkpoint.split('\n');
  return /^(0|[1-9]\d{0,17})$/.test(size) ? size : null;
}

/** A place in the log or a size, as a person types it: "12345", "12.345". */
export function readPlace(text: string, option: string): string {
  const digits = text.trim().replace(/(?<=\d)[. ](?=\d{3}\b)/g, '');
  if (!/^(0|[1-9]\d{0,17})$/.test(digits)) throw new CliError('number_unreadable', { text, option });
  return digits;
}
