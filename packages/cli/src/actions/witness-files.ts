import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Witnessed } from '@naer/core/verifier';
import { CliError } from '../errors/cli-error.ts';
import { failureText } from './files.ts';
import { readTextFile } from './text-files.ts';

/** An auditor's key on this machine. */
export interface WitnessKey {
  readonly name: string;
  /** 32 bytes (RFC 8032). */
  readonly seed: Buffer;
}

/** The algorithm byte of C2SP tlog-cosignature. */
const cosignature = 0x04;

/** One line in the form of Go's note package: `PRIVATE+KEY+<name>+<key ID>+<base 64 of algorithm and seed>`. */
export function formatWitnessKey({ name, seed }: WitnessKey, keyId: string): string {
  const typed = Buffer.concat([Buffer.of(cosignature), seed]);
  return `PRIVATE+KEY+${name}+${keyId}+${typed.toString('base64')}\n`;
}

/** @throws CliError file_unreadable, witness_key_unreadable */
export async function readWitnessKey(file: string): Promise<WitnessKey> {
  const text = (await readTextFile(file)).trim();
  const [, name = '', keyId, key = ''] = /^PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const typed = Buffer.from(key, 'base64');
  if (keyId === undefined || typed[0] !== cosignature || typed.length !== 33)
    throw new CliError('witness_key_unreadable', { file });
  const { createWitnessSigner } = await import('@naer/core/verifier');
  const seed = typed.subarray(1);
  if (createWitnessSigner(name, seed).verifier.keyId !== keyId)
    throw new CliError('witness_key_unreadable', { file });
  return { name, seed };
}

/**
 * What a witness has seen of each log, in a JSON file: `{ "<origin>": { "size": "42", "root": "<base 64>" } }`. `work` gets what
 * it knows of one log and gives what it knows now, which is on disk before this returns. Only one at a time: the draft is made
 * anew, and stands in the way of a second.
 *
 * @throws CliError witness_state_locked, witness_state_unreadable
 */
export async function updateWitnessState<T>(
  file: string,
  origin: string,
  work: (seen: Witnessed | null) => { readonly state: Witnessed | null; readonly result: T },
): Promise<T> {
  const draft = `${file}.part`;
  const handle = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new CliError('witness_state_locked', { file: draft });
    throw new CliError('file_unwritable', { file, why: failureText(error) }, { cause: error });
  });
  let kept = false;
  try {
    const known = await readState(file);
    const { state, result } = work(known.get(origin) ?? null);
    if (state !== null) {
      known.set(origin, state);
      const told = [...known].map(([log, { size, root }]) => [
        log,
        { size: size.toString(), root: root.toString('base64') },
      ]);
      await handle.writeFile(`${JSON.stringify(Object.fromEntries(told), null, 2)}\n`);
      await handle.sync();
      await rename(draft, file);
      kept = true;
      await keepName(path.dirname(file));
    }
    return result;
  } finally {
    await handle.close();
    // After the renaming another one may hold a draft of its own.
    if (!kept) await rm(draft, { force: true });
  }
}

/** A new name is on disk once its folder is; Windows keeps it by itself and opens no folder. */
async function keepName(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readState(file: string): Promise<Map<string, Witnessed>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw new CliError('witness_state_unreadable', { file }, { cause: error });
  }
  try {
    const told: unknown = JSON.parse(text);
    const logs = Object.entries(typeof told === 'object' ? (told ?? {}) : {});
    return new Map(logs.map(([origin, seen]) => [origin, parseSeen(origin, seen)]));
  } catch (error) {
    throw new CliError('witness_state_unreadable', { file }, { cause: error });
  }
}

function parseSeen(origin: string, seen: unknown): Witnessed {
  const facts = new Map<string, unknown>(Object.entries(seen ?? {}));
  const [size, hash] = [facts.get('size'), facts.get('root')];
  if (typeof size !== 'string' || !/^\d{1,18}$/.test(size) || typeof hash !== 'string')
    throw new TypeError(`what was seen of ${origin}`);
  const root = Buffer.from(hash, 'base64');
  if (root.length !== 32) throw new TypeError(`what was seen of ${origin}`);
  return { origin, size: BigInt(size), root };
}
