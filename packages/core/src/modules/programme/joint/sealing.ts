import { createHash } from 'node:crypto';
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Clock } from '../../../kernel/clock.ts';
import type { SeedVault } from '../../../ledger/index.ts';
import { askIn, Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';

// Contributions travel as age files (age-encryption.org/v1, X25519), so that nobody on the way sees a small member's numbers.

/** The age key of a municipality that leads joint programmes: its private half is sealed by the vault. */
export interface ContributionKey {
  /** `age1…` */
  readonly recipient: string;
}

interface KeyRow {
  readonly keyId: string;
  readonly recipient: Buffer;
  readonly masterKeyId: string;
  readonly wrappedKey: Buffer;
}

const purpose = 'contributions';

async function findKey(tx: ReadTx): Promise<KeyRow | null> {
  const [row] = await queryHot<KeyRow>(
    tx,
    Prisma.sql`
      SELECT key_id AS "keyId", public_key AS recipient, master_key_id AS "masterKeyId", wrapped_key AS "wrappedKey"
      FROM ledger_key WHERE purpose = ${purpose} AND retired_at IS NULL`,
  );
  return row ?? null;
}

/** Whom contributions to this municipality are encrypted to; null before it leads a programme. */
export async function findRecipient(tx: ReadTx): Promise<string | null> {
  return (await findKey(tx))?.recipient.toString('utf8') ?? null;
}

/** Makes the municipality's age key where it has none yet. */
export async function ensureRecipient(
  tx: Tx,
  municipalityId: string,
  vault: Pick<SeedVault, 'sealSeed'>,
  clock: Clock,
): Promise<void> {
  if ((await findKey(tx)) !== null) return;
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const keyId = createHash('sha256').update(recipient).digest('hex').slice(0, 8);
  const sealed = await vault.sealSeed(askIn(tx), { municipalityId, purpose, keyId }, Buffer.from(identity));
  await queryHot(
    tx,
    Prisma.sql`
      INSERT INTO ledger_key (municipality_id, purpose, key_id, name, public_key, master_key_id, wrapped_key, created_at, from_size)
      VALUES (app_municipality(), ${purpose}, ${keyId}, ${purpose}, ${Buffer.from(recipient)}, ${sealed.masterKeyId},
        ${sealed.wrappedKey}, ${clock.now()}::timestamptz, 0) ON CONFLICT DO NOTHING`,
  );
}

/** Whether something is an age recipient that can be encrypted to. */
export function isRecipient(recipient: string): boolean {
  try {
    new Encrypter().addRecipient(recipient);
    return true;
  } catch {
    return false;
  }
}

/** An armoured age file. Encrypting the same text twice gives two files. */
export async function encryptTo(recipient: string, text: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}

/** @returns `unreadable` for what is no age file, `not-for-us` for one that this municipality has no key of */
export async function decrypt(
  tx: ReadTx,
  municipalityId: string,
  vault: Pick<SeedVault, 'openSeed'>,
  file: string,
): Promise<{ readonly text: string } | 'unreadable' | 'not-for-us'> {
  let bytes: Uint8Array;
  try {
    bytes = armor.decode(file);
  } catch {
    return 'unreadable';
  }
  const key = await findKey(tx);
  if (key === null) return 'not-for-us';
  const { keyId, masterKeyId, wrappedKey } = key;
  const identity = await vault.openSeed({ municipalityId, purpose, keyId }, { masterKeyId, wrappedKey });
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity.toString('utf8'));
  try {
    return { text: await decrypter.decrypt(bytes, 'text') };
  } catch (error) {
    // What the library says where none of the file's recipients is ours; anything else is a file that was changed.
    const isForOthers = error instanceof Error && error.message.includes('no identity matched');
    return isForOthers ? 'not-for-us' : 'unreadable';
  }
}
