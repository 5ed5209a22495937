import { randomBytes } from 'node:crypto';
import type { KeyPurpose } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Ask, advisoryLocks, askIn, type ChangeEvents, Prisma, type Tx } from '../../storage/index.ts';
import {
  createLogSigner,
  createWitnessSigner,
  makeSeed,
  type Signer,
  type Verifier,
  verifierOf,
} from '../format/note.ts';
import type { Ledger } from './ledger.ts';

/** Whose seed it is; a sealed seed opens for nobody else. */
interface SeedOwner {
  readonly municipalityId: string;
  readonly purpose: string;
  readonly keyId: string;
}

interface SealedSeed {
  readonly masterKeyId: string;
  readonly wrappedKey: Uint8Array;
}

/** What keeps private halves; the vault is one. */
export interface SeedVault {
  /** Seals in the transaction that `ask` asks in. */
  sealSeed(ask: Ask, owner: SeedOwner, seed: Uint8Array): Promise<SealedSeed>;
  openSeed(owner: SeedOwner, sealed: SealedSeed): Promise<Buffer>;
}

/** A key as others may see it. */
export interface PublicKeyRow {
  readonly purpose: KeyPurpose;
  readonly verifier: Verifier;
  /** Of the log's keys: it signs checkpoints from this size on, up to the next key's. */
  readonly fromSize: bigint;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

export interface LedgerKeys {
  /**
   * Retires the key in use, whose private half is deleted, and makes another. Waits for a signature that is under way; what
   * the old key signed stays valid, since its public half stays.
   *
   * @throws DomainError ledger_empty before the first checkpoint
   */
  rotateKey(tx: Tx, by: KeyUser, purpose: KeyPurpose): Promise<PublicKeyRow>;
  /**
   * Who signs now; the witness's key is made when it is first asked for.
   *
   * @throws DomainError ledger_empty before the first checkpoint
   */
  readSigner(tx: Tx, municipalityId: string, purpose: KeyPurpose): Promise<Signer>;
  /**
   * Signs another text than a checkpoint as the log: lines, the last of them ended too.
   *
   * @throws DomainError ledger_empty before the first checkpoint
   */
  signWithLogKey(
    tx: Tx,
    municipalityId: string,
    text: string,
  ): Promise<{ readonly note: string; readonly verifierKey: string }>;
}

/** The member of staff who rotates. */
export interface KeyUser {
  readonly municipalityId: string;
  readonly staffId: string;
}

export interface LedgerKeysDeps {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly changes: ChangeEvents;
  readonly vault: SeedVault;
}

export function createLedgerKeys({ clock, ledger, changes, vault }: LedgerKeysDeps): LedgerKeys {
  const getLog = async (ask: Ask, municipalityId: string): Promise<{ origin: string; size: bigint }> => {
    const [log] = await ask<{ origin: string; size: string }>(
      Prisma.sql`SELECT origin, size FROM ledger_log WHERE municipality_id = ${municipalityId}::uuid`,
    );
    if (log === undefined) throw new DomainError('ledger_empty');
    return { origin: log.origin, size: BigInt(log.size) };
  };
  const make = async (
    ask: Ask,
    municipalityId: string,
    purpose: KeyPurpose,
    log: { readonly origin: string; readonly size: bigint },
  ): Promise<PublicKeyRow> => {
    const name = purpose === 'log' ? log.origin : `${log.origin}/witness`;
    // The head is signed already, so a new key of the log signs what comes after it.
    const fromSize = purpose === 'log' ? log.size + 1n : 0n;
    const createdAt = clock.now();
    const { verifier } = await makeKey(ask, vault, { municipalityId, purpose, name, fromSize, createdAt });
    return { purpose, verifier, fromSize, createdAt, retiredAt: null };
  };
  const readSigner: LedgerKeys['readSigner'] = async (tx, municipalityId, purpose) => {
    const ask = askIn(tx);
    const known = await findSigner(ask, vault, municipalityId, purpose);
    if (known !== null) return known;
    const log = await getLog(ask, municipalityId);
    await lockLog(ask, municipalityId);
    if ((await findSigner(ask, vault, municipalityId, purpose)) === null)
      await make(ask, municipalityId, purpose, log);
    const made = await findSigner(ask, vault, municipalityId, purpose);
    if (made === null) throw new Error(`the key (${purpose}) was not kept`);
    return made;
  };

  return {
    readSigner,
    rotateKey: async (tx, { municipalityId, staffId }, purpose) => {
      const ask = askIn(tx);
      await lockLog(ask, municipalityId);
      const log = await getLog(ask, municipalityId);
      await ask(Prisma.sql`
        UPDATE ledger_key SET retired_at = ${clock.now()}, master_key_id = NULL, wrapped_key = NULL
        WHERE municipality_id = ${municipalityId}::uuid AND purpose = ${purpose} AND retired_at IS NULL`);
      const made = await make(ask, municipalityId, purpose, log);
      const { keyId, verifierKey } = made.verifier;
      await ledger.append(tx, staffId, { type: 'ledger.key-rotated', purpose, verifierKey });
      await changes.append(tx, {
        type: 'ledger.key-rotated',
        entity: { kind: 'ledger', id: log.origin },
        data: { purpose, keyId },
      });
      return made;
    },
    signWithLogKey: async (tx, municipalityId, text) => {
      if (isCheckpoint(text)) throw new Error('checkpoints are signed by the sequencer alone');
      const { sign, verifier } = await readSigner(tx, municipalityId, 'log');
      return { note: `${text}\n${sign(text)}`, verifierKey: verifier.verifierKey };
    },
  };
}

/** A name that no other log ever had, since it is random at its end. */
export const makeOrigin = (municipality: string): string =>
  `naer/${slugOf(municipality)}/${randomBytes(6).toString('hex')}`;

/** `Ærø Kommune` as `aeroe-kommune`. */
function slugOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'oe')
    .replaceAll('å', 'aa')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'kommune' : plain;
}

/** Waits for whoever signs, rotates or throws the log away; held until the transaction ends. */
const lockLog = (ask: Ask, municipalityId: string): Promise<unknown> =>
  ask(
    Prisma.sql`SELECT 1 AS locked FROM pg_advisory_xact_lock(${advisoryLocks.ledgerLog}::int, hashtext(${municipalityId}::text))`,
  );

export interface NewKey {
  readonly municipalityId: string;
  readonly purpose: KeyPurpose;
  readonly name: string;
  readonly fromSize: bigint;
  readonly createdAt: Date;
}

/** The caller MUST hold the lock of the log. */
export async function makeKey(ask: Ask, vault: SeedVault, key: NewKey): Promise<Signer> {
  const { municipalityId, purpose, name, fromSize, createdAt } = key;
  const seed = makeSeed();
  const signer = signerOf(purpose, name, seed);
  const { keyId, publicKey } = signer.verifier;
  const sealed = await vault.sealSeed(ask, { municipalityId, purpose, keyId }, seed);
  await ask(Prisma.sql`
    INSERT INTO ledger_key
      (municipality_id, purpose, key_id, name, public_key, master_key_id, wrapped_key, created_at, from_size)
    VALUES (${municipalityId}::uuid, ${purpose}, ${keyId}, ${name}, ${publicKey}, ${sealed.masterKeyId},
      ${sealed.wrappedKey}, ${createdAt}, ${fromSize}::bigint)`);
  return signer;
}

/** Who signs now, or null where there is no key yet. */
export async function findSigner(
  ask: Ask,
  vault: SeedVault,
  municipalityId: string,
  purpose: KeyPurpose,
): Promise<Signer | null> {
  const [row] = await ask<{
    key_id: string;
    name: string;
    public_key: Buffer;
    master_key_id: string;
    wrapped_key: Buffer;
  }>(Prisma.sql`
    SELECT key_id, name, public_key, master_key_id, wrapped_key FROM ledger_key
    WHERE municipality_id = ${municipalityId}::uuid AND purpose = ${purpose} AND retired_at IS NULL`);
  if (row === undefined) return null;
  const seed = await vault.openSeed(
    { municipalityId, purpose, keyId: row.key_id },
    { masterKeyId: row.master_key_id, wrappedKey: row.wrapped_key },
  );
  const signer = signerOf(purpose, row.name, seed);
  // What others check with is the public half in this row: a signature that it does not fit would help nobody.
  if (signer.verifier.keyId !== row.key_id || !signer.verifier.publicKey.equals(row.public_key))
    throw new Error(`the stored public key ${row.key_id} is not the one of its private half`);
  return signer;
}

/** The public half of one of the log's keys, retired ones included; null when there is none of that id. */
export async function findVerifier(
  ask: Ask,
  municipalityId: string,
  purpose: KeyPurpose,
  keyId: string,
): Promise<Verifier | null> {
  const [row] = await ask<{ name: string; public_key: Buffer }>(Prisma.sql`
    SELECT name, public_key FROM ledger_key
    WHERE municipality_id = ${municipalityId}::uuid AND purpose = ${purpose} AND key_id = ${keyId}`);
  return row === undefined ? null : verifierOf(row.name, algorithmOf(purpose), row.public_key);
}

export const algorithmOf = (purpose: KeyPurpose): Verifier['algorithm'] =>
  purpose === 'log' ? 'ed25519' : 'cosignature/v1';

const signerOf = (purpose: KeyPurpose, name: string, seed: Uint8Array): Signer =>
  purpose === 'log' ? createLogSigner(name, seed) : createWitnessSigner(name, seed);

/** Looser than any reader of checkpoints: nothing that the log's key signs besides can be taken for the head of a tree. */
const isCheckpoint = (text: string): boolean => /^[^\n]*\n\d+\n/.test(text);
