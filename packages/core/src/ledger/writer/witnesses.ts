import { randomUUID } from 'node:crypto';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import { parseVerifierKey, type Verifier } from '../format/note.ts';
import { readVerifierKey, refusal } from './refusals.ts';

export interface StoredWitness {
  readonly id: string;
  readonly verifier: Verifier;
  readonly trustedAt: Date;
  /** Initials of whoever trusted it; null when they are gone. */
  readonly by: string | null;
  readonly endedAt: Date | null;
  /** The largest size that it cosigned; null for none. */
  readonly cosignedSize: bigint | null;
}

export async function listWitnesses(tx: ReadTx, id: string | null = null): Promise<readonly StoredWitness[]> {
  const rows = await queryHot<{
    id: string;
    verifier_key: string;
    trusted_at: Date;
    initials: string | null;
    ended_at: Date | null;
    cosigned_size: string | null;
  }>(
    tx,
    Prisma.sql`
      SELECT w.id, w.verifier_key, w.trusted_at, s.initials, w.ended_at,
        (SELECT max(c.size) FROM ledger_cosignature c WHERE c.witness_id = w.id) AS cosigned_size
      FROM ledger_witness w LEFT JOIN staff s ON s.municipality_id = w.municipality_id AND s.id = w.staff_id
      WHERE ${id}::uuid IS NULL OR w.id = ${id}::uuid ORDER BY w.trusted_at, w.id`,
  );
  return rows.map((row) => ({
    id: row.id,
    verifier: parseVerifierKey(row.verifier_key),
    trustedAt: row.trusted_at,
    by: row.initials,
    endedAt: row.ended_at,
    cosignedSize: row.cosigned_size === null ? null : BigInt(row.cosigned_size),
  }));
}

/** @throws DomainError not_found */
export async function requireWitness(tx: ReadTx, id: string): Promise<StoredWitness> {
  const [witness] = await listWitnesses(tx, id);
  if (witness === undefined) throw new DomainError('not_found', { kind: 'witness' });
  return witness;
}

/**
 * Takes cosignatures of a witness from now on, also of one that was ended. One that is trusted already stays as it is.
 *
 * @returns its id, and whether anything changed
 * @throws DomainError verifier_key_invalid, cpr_refused
 */
export async function trustWitness(
  tx: Tx,
  by: { readonly municipalityId: string; readonly staffId: string },
  verifierKey: string,
  now: Date,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const verifier = readVerifierKey(verifierKey, 'cosignature/v1');
  const own = await tx.ledgerKey.findFirst({ where: { publicKey: Uint8Array.from(verifier.publicKey) } });
  if (own !== null)
    throw refusal('verifier_key_invalid', [
      'den er kommunens egen, og ingen kan bevidne sin egen log',
      "it is the municipality's own, and nobody can witness their own log",
    ]);
  const known = await tx.ledgerWitness.findFirst({ where: { verifierKey: verifier.verifierKey } });
  const trusted = { staffId: by.staffId, trustedAt: now, endedAt: null };
  if (known !== null) {
    if (known.endedAt === null) return { id: known.id, isNew: false };
    await tx.ledgerWitness.updateMany({ where: { id: known.id }, data: trusted });
    return { id: known.id, isNew: true };
  }
  const id = randomUUID();
  await tx.ledgerWitness.create({
    data: { municipalityId: by.municipalityId, id, verifierKey: verifier.verifierKey, ...trusted },
  });
  return { id, isNew: true };
}

/**
 * What it cosigned so far stays.
 *
 * @returns whether anything changed
 * @throws DomainError not_found
 */
export async function endWitness(tx: Tx, id: string, now: Date): Promise<boolean> {
  await requireWitness(tx, id);
  const { count } = await tx.ledgerWitness.updateMany({
    where: { id, endedAt: null },
    data: { endedAt: now },
  });
  return count > 0;
}
