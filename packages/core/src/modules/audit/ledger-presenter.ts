import type {
  Checkpoint,
  KeyPurpose,
  LedgerCheck,
  LedgerKey,
  LedgerLeaf,
  Witness,
} from '../../contract/index.ts';
import {
  type PublicKeyRow,
  type StoredCheckpoint,
  type StoredLeaf,
  type StoredWitness,
  verifierOf,
} from '../../ledger/index.ts';
import type { Prisma } from '../../storage/index.ts';

export const presentLeaf = ({ index, entry, leafHash }: StoredLeaf): LedgerLeaf => ({
  index: String(index),
  entry: entry.toString('utf8'),
  leafHash: leafHash.toString('base64'),
});

export const presentCheckpoint = (row: StoredCheckpoint): Checkpoint => ({
  origin: row.origin,
  size: String(row.size),
  rootHash: row.rootHash.toString('base64'),
  note: row.note,
  keyId: row.keyId,
  signedAt: row.signedAt.toISOString(),
  cosignedBy: [...row.cosignedBy],
});

export const presentKey = (row: PublicKeyRow): LedgerKey => ({
  purpose: row.purpose,
  name: row.verifier.name,
  keyId: row.verifier.keyId,
  verifierKey: row.verifier.verifierKey,
  fromSize: String(row.fromSize),
  createdAt: row.createdAt.toISOString(),
  retiredAt: row.retiredAt?.toISOString() ?? null,
});

/** A key as it is stored, without its private half. */
export const toPublicKey = (row: Prisma.LedgerKeyGetPayload<object>): PublicKeyRow => {
  const purpose = row.purpose as KeyPurpose;
  const algorithm = purpose === 'log' ? 'ed25519' : 'cosignature/v1';
  return {
    purpose,
    verifier: verifierOf(row.name, algorithm, Buffer.from(row.publicKey)),
    fromSize: row.fromSize,
    createdAt: row.createdAt,
    retiredAt: row.retiredAt,
  };
};

export const presentWitness = (row: StoredWitness): Witness => ({
  id: row.id,
  name: row.verifier.name,
  verifierKey: row.verifier.verifierKey,
  trustedAt: row.trustedAt.toISOString(),
  by: row.by,
  endedAt: row.endedAt?.toISOString() ?? null,
  cosignedSize: row.cosignedSize?.toString() ?? null,
});

export const presentLastCheck = (
  row: Prisma.LedgerCheckGetPayload<object> | null,
): Pick<LedgerCheck, 'size' | 'sound' | 'checkedAt'> | null =>
  row === null ? null : { size: String(row.size), sound: row.sound, checkedAt: row.checkedAt.toISOString() };
