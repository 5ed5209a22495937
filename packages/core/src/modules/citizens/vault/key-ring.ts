import { hkdfSync, type KeyObject } from 'node:crypto';
import {
  type MasterKeyRing,
  makeMasterKey,
  masterKeyId,
  readMasterKeyFile,
  writeMasterKeyFile,
} from '../../../contract/master-key-file.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { keyFrom } from './sealing.ts';

/** A key for another purpose. `leftAt`: when the master key that it is made of was replaced; null while it is not. */
export interface DerivedKey {
  readonly key: KeyObject;
  readonly leftAt: Date | null;
}

/** See `KeyRing.derive`. HKDF with SHA-256 (RFC 5869), in two steps: a root of each master key, then the purpose. */
export interface DerivedKeys {
  newest(): { readonly id: string; readonly key: KeyObject };
  /** By the id of the master key; null where there is none such. */
  find(masterKeyId: string): Promise<DerivedKey | null>;
}

/** What is kept of a master key that was replaced: enough to check what was signed, too little to open what was sealed. */
export interface FormerKey {
  readonly id: string;
  readonly root: Uint8Array;
  readonly leftAt: Date;
}

const rootOf = (masterKey: KeyObject): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, '', 'naer root of derived keys', 32));

/**
 * The master keys that this process knows. A key that is asked for and not known is looked for in the file again: another
 * process may have rotated. Keys that have left the file stay known until the process ends, because a row may have been
 * read just before its key was replaced.
 */
export class KeyRing {
  readonly #file: string;
  readonly #known: Map<string, KeyObject>;
  readonly #former: ReadonlyMap<string, FormerKey>;
  #newest: string;
  #rereading: Promise<MasterKeyRing | null> | null = null;

  constructor(file: string, ring: MasterKeyRing, former: readonly FormerKey[]) {
    this.#file = file;
    this.#former = new Map(former.map((key) => [key.id, key]));
    this.#known = new Map([...ring.keys].map(([id, key]) => [id, keyFrom(key)]));
    this.#newest = ring.current;
  }

  /**
   * Keys for another purpose, one of each master key. `newest` is that of the latest master key that this process has met:
   * what another process has just made current is met with the first row that is sealed with it.
   */
  derive(purpose: string): DerivedKeys {
    const derived = new Map<string, KeyObject>();
    const from = (id: string, root: () => Uint8Array): KeyObject => {
      const known = derived.get(id) ?? keyFrom(new Uint8Array(hkdfSync('sha256', root(), '', purpose, 32)));
      derived.set(id, known);
      return known;
    };
    return {
      newest: () => {
        const key = this.#known.get(this.#newest);
        if (key === undefined) throw new DomainError('master_key_missing', { file: this.#file });
        return { id: this.#newest, key: from(this.#newest, () => rootOf(key)) };
      },
      find: async (id) => {
        const former = this.#former.get(id);
        if (former !== undefined) return { key: from(id, () => former.root), leftAt: former.leftAt };
        const key = await this.#find(id);
        return key === undefined ? null : { key: from(id, () => rootOf(key)), leftAt: null };
      },
    };
  }

  /** @throws DomainError master_key_missing */
  async get(id: string): Promise<KeyObject> {
    const known = await this.#find(id);
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

  /** The root of each key in the file but one, which are to leave it. */
  async rootsBeside(id: string): Promise<readonly Omit<FormerKey, 'leftAt'>[]> {
    const ring = await this.#reread();
    return [...(ring?.keys ?? [])]
      .filter(([other]) => other !== id)
      .map(([other, key]) => ({ id: other, root: rootOf(keyFrom(key)) }));
  }

  /** Takes all other keys out of the file. Only safe when no row names them and none ever will again. */
  async keepOnly(id: string): Promise<void> {
    await writeMasterKeyFile(this.#file, {
      current: id,
      keys: new Map([[id, (await this.get(id)).export()]]),
    });
    this.#newest = id;
  }

  async #find(id: string): Promise<KeyObject | undefined> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    await this.#reread();
    const found = this.#known.get(id);
    // Only a rotation brings keys that were not known before.
    if (found !== undefined) this.#newest = id;
    return found;
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
