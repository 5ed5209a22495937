import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DomainError } from '../kernel/errors.ts';

/**
 * The file that holds the master keys of a vault. It stands in the contract because two programs keep it: the service,
 * and `naer key backup|restore`, which must work while the service cannot start. Node only.
 */
export interface MasterKeyRing {
  /** The key of a new database; an existing one names its own (table `installation`). */
  readonly current: string;
  /** Key id → 32 bytes. More than one while, and until the end of, a rotation. */
  readonly keys: ReadonlyMap<string, Buffer>;
}

export const masterKeyBytes = 32;

const keyId = z.string().regex(/^[0-9a-f]{8}$/);
const fileShape = z
  .object({
    version: z.literal(1),
    current: keyId,
    keys: z.record(
      keyId,
      z
        .base64()
        .transform((text) => Buffer.from(text, 'base64'))
        .refine((key) => key.length === masterKeyBytes),
    ),
  })
  .refine((file) => Object.hasOwn(file.keys, file.current))
  .refine((file) => Object.entries(file.keys).every(([id, key]) => masterKeyId(key) === id));

export const makeMasterKey = (): Buffer => randomBytes(masterKeyBytes);

/** The first 8 hexadecimal digits of the key's SHA-256: names a key, and tells a damaged one, without saying it. */
export const masterKeyId = (key: Uint8Array): string =>
  createHash('sha256').update(key).digest('hex').slice(0, 8);

export function ringOf(key: Buffer): MasterKeyRing {
  const id = masterKeyId(key);
  return { current: id, keys: new Map([[id, key]]) };
}

/**
 * @returns null when there is no such file
 * @throws DomainError master_key_unreadable when there is one that cannot be read or is damaged
 */
export async function readMasterKeyFile(file: string): Promise<MasterKeyRing | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw new DomainError('master_key_unreadable', { file }, { cause: error });
  });
  if (text === null) return null;
  const parsed = fileShape.safeParse(parseJson(text));
  // What zod or JSON.parse says would quote the file, so no cause goes along.
  if (!parsed.success) throw new DomainError('master_key_unreadable', { file });
  return { current: parsed.data.current, keys: new Map(Object.entries(parsed.data.keys)) };
}

/** Replaces the file as a whole, readable by its owner alone; on disk when this returns. */
export async function writeMasterKeyFile(file: string, ring: MasterKeyRing): Promise<void> {
  const written = await writeBeside(file, ring);
  await rename(written, file);
  await syncFolder(file);
}

/** Writes a new file unless there is one; of several at once one wins. Whoever calls reads the file afterwards. */
export async function createMasterKeyFile(file: string, ring: MasterKeyRing): Promise<void> {
  const written = await writeBeside(file, ring);
  try {
    await link(written, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(written);
  }
  await syncFolder(file);
}

/** Puts a key back, as `naer key restore` does: it becomes the current one, and other keys of the file are kept. */
export async function restoreMasterKey(file: string, key: Buffer): Promise<MasterKeyRing> {
  const before = await readMasterKeyFile(file);
  const current = masterKeyId(key);
  const ring = { current, keys: new Map([...(before?.keys ?? []), [current, key] as const]) };
  await writeMasterKeyFile(file, ring);
  return ring;
}

async function writeBeside(file: string, { current, keys }: MasterKeyRing): Promise<string> {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
  const shown = Object.fromEntries([...keys].map(([id, key]) => [id, key.toString('base64')]));
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ version: 1, current, keys: shown }, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return beside;
}

/** A renamed file is only certain after its folder is on disk, too; Windows neither needs nor allows that. */
async function syncFolder(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
