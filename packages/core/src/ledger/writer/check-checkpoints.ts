import { Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import { openCheckpoint } from '../format/checkpoint.ts';
import { NoteBroken, parseVerifierKey, type Verifier, verifierOf, verifyNote } from '../format/note.ts';
import type { ReadPage } from './check-sources.ts';
import type { Break } from './findings.ts';

/** A stored checkpoint: what its signature vouches for, and what is wrong with it. */
export interface CheckedCheckpoint {
  readonly size: number;
  /** Null where no good signature vouches for it. */
  readonly root: Buffer | null;
  readonly broken: readonly Break[];
}

interface Row {
  readonly size: string;
  readonly root_hash: Buffer;
  readonly note: string;
  readonly key_id: string;
  readonly lines: readonly string[];
  readonly witness_keys: readonly string[];
}

interface LogKey {
  readonly verifier: Verifier;
  readonly fromSize: number;
  /** The size from which on the next key signs. */
  readonly untilSize: number;
}

const atOnce = 500;

/** All stored checkpoints in the order of their sizes, each with its signatures checked. */
export class CheckpointSource {
  readonly #read: ReadPage;
  readonly #origin: string;
  readonly #last: number;
  readonly #keys: readonly LogKey[];
  #ready: CheckedCheckpoint[] = [];
  #asked = -1;

  private constructor(read: ReadPage, origin: string, last: number, keys: readonly LogKey[]) {
    this.#read = read;
    this.#origin = origin;
    this.#last = last;
    this.#keys = keys;
  }

  /** @param last the largest size that counts */
  static async open(read: ReadPage, origin: string, last: number): Promise<CheckpointSource> {
    return new CheckpointSource(read, origin, last, await read(readLogKeys));
  }

  /** Those that were not given yet, up to a size. */
  async upTo(size: number): Promise<readonly CheckedCheckpoint[]> {
    while (this.#asked < Math.min(size, this.#last)) {
      const after = this.#ready.at(-1)?.size ?? this.#asked;
      const rows = await this.#read((tx) => readRows(tx, after, this.#last));
      this.#ready.push(...rows.map((row) => this.#check(row)));
      this.#asked = rows.length < atOnce ? this.#last : Number(rows.at(-1)?.size ?? this.#last);
    }
    const given = this.#ready.filter((each) => each.size <= size);
    this.#ready = this.#ready.slice(given.length);
    return given;
  }

  #check(row: Row): CheckedCheckpoint {
    const size = Number(row.size);
    const [where, at] = [`checkpoint ${size}`, size];
    const broken = (kind: Break['kind']): Break => ({ kind, index: null, at, where });
    try {
      const open = openCheckpoint(
        row.note,
        this.#keys.map(({ verifier }) => verifier),
      );
      const key = this.#keys.find(({ verifier }) => verifier === open.signedBy);
      const isInTurn = key !== undefined && size >= key.fromSize && size < key.untilSize;
      const isOwn = open.origin === this.#origin;
      const isAsStored = Number(open.size) === size && open.root.equals(row.root_hash);
      return {
        size,
        root: Number(open.size) === size ? open.root : null,
        broken: [
          ...(isOwn ? [] : [broken('origin-mismatch')]),
          ...(isInTurn && open.signedBy.keyId === row.key_id ? [] : [broken('wrong-key')]),
          ...(isAsStored ? [] : [broken('root-mismatch')]),
          ...this.#checkCosignatures(open.text, row).map((name) => ({
            ...broken('signature-broken'),
            where: `${where}, cosignature of ${name}`,
          })),
        ],
      };
    } catch (error) {
      if (!(error instanceof NoteBroken)) throw error;
      return { size, root: null, broken: [broken(error.code)] };
    }
  }

  /** The names of witnesses whose stored cosignature does not hold. */
  #checkCosignatures(text: string, { lines, witness_keys: keys }: Row): string[] {
    return lines.flatMap((line, n) => {
      try {
        verifyNote(`${text}\n${line}`, [parseVerifierKey(keys[n] ?? '')]);
        return [];
      } catch (error) {
        if (!(error instanceof NoteBroken)) throw error;
        return [line.split(' ')[1] ?? ''];
      }
    });
  }
}

async function readLogKeys(tx: ReadTx): Promise<readonly LogKey[]> {
  const rows = await queryHot<{ name: string; public_key: Buffer; from_size: string }>(
    tx,
    Prisma.sql`
      SELECT name, public_key, from_size FROM ledger_key WHERE purpose = 'log'
      ORDER BY from_size, retired_at NULLS LAST, created_at`,
  );
  return rows.map(({ name, public_key, from_size }, n) => ({
    verifier: verifierOf(name, 'ed25519', public_key),
    fromSize: Number(from_size),
    untilSize: Number(rows[n + 1]?.from_size ?? Infinity),
  }));
}

const readRows = (tx: ReadTx, after: number, last: number): Promise<Row[]> =>
  queryHot<Row>(
    tx,
    Prisma.sql`
      SELECT c.size, c.root_hash, c.note, c.key_id,
        ARRAY(SELECT s.line FROM ledger_cosignature s WHERE s.size = c.size ORDER BY s.witness_id) AS lines,
        ARRAY(SELECT w.verifier_key FROM ledger_cosignature s JOIN ledger_witness w ON w.id = s.witness_id
          WHERE s.size = c.size ORDER BY s.witness_id) AS witness_keys
      FROM ledger_checkpoint c WHERE c.size > ${after}::bigint AND c.size <= ${last}::bigint
      ORDER BY c.size LIMIT ${atOnce}::int`,
  );
