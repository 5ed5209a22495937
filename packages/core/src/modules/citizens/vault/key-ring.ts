import type { KeyObject } from 'node:crypto';
import {
  type MasterKeyRing,
  makeMasterKey,
  masterKeyId,
  readMasterKeyFile,
  writeMasterKeyFile,
} from '../../../contract/master-key-file.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { keyFrom } from './sealing.ts';

/**
 * The master keys that this process knows. A key that is asked for and not known is looked for in the file again: another
 * process may have rotated. Keys that have left the file stay known until the process ends, because a row may have been
 * read just before its key was replaced.
 */
export class KeyRing {
  readonly #file: string;
  readonly #known: Map<string, KeyObject>;
  #rereading: Promise<MasterKeyRing | null> | null = null;

  constructor(file: string, ring: MasterKeyRing) {
    this.#file = file;
    this.#known = new Map([...ring.keys].map(([id, key]) => [id, keyFrom(key)]));
  }

  /** @throws DomainError master_key_missing */
  async get(id: string): Promise<KeyObject> {
    const known = this.#known.get(id) ?? (await this.#rereadFor(id));
    if (known === undefined) throw new DomainError('master_key_missing', { file: this.#file });
    return known;
  }

  /** Puts a new key into the file beside the others. The caller MUST hold the rotation lock. */
  async add(): Promise<string> {
    const ring = await this.#reread();
    if (ring === null) throw new DomainError('master_key_missing', { file: this.#file });
    const key = makeMasterKey();
    const id = masterKeyId(key);
    await writeMasterKeyFile(this.#file, { current: ring.current, keys: new Map([...ring.keys, [id, key]]) });
    this.#known.set(id, keyFrom(key));
    return id;
  }

  /** Takes all other keys out of the file. Only safe when no row names them and none ever will again. */
  async keepOnly(id: string): Promise<void> {
    await writeMasterKeyFile(this.#file, {
      current: id,
      keys: new Map([[id, (await this.get(id)).export()]]),
    });
  }

  async #rereadFor(id: string): Promise<KeyObject | undefined> {
    await this.#reread();
    return this.#known.get(id);
  }

  /** Many that miss the same key at once read the file once. */
  async #reread(): Promise<MasterKeyRing | null> {
    this.#rereading ??= readMasterKeyFile(this.#file).finally(() => {
      this.#rereading = null;
    });
    const ring = await this.#rereading;
    for (const [id, key] of ring?.keys ?? []) this.#known.set(id, keyFrom(key));
    return ring;
  }
}
