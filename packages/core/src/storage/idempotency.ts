import type { Clock } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from './database.ts';
import { Prisma } from './generated/client.ts';
import { queryHot } from './transaction.ts';

export interface IdempotencyRequest {
  readonly staffId: string;
  /** The caller's Idempotency-Key. */
  readonly key: string;
  /** SHA-256 over method, path and body: the same key for something else is refused. */
  readonly requestHash: Uint8Array;
}

export interface Idempotency {
  /**
   * Runs `act` unless this request was carried out before, and returns the reference to what it made, then or now.
   * The record is part of the transaction: a request that failed can be repeated. Two at once: the second waits.
   *
   * @throws DomainError idempotency_key_reused
   */
  once(
    tx: Tx,
    request: IdempotencyRequest,
    act: () => Promise<string>,
  ): Promise<{ readonly reference: string; readonly repeated: boolean }>;
}

export function createIdempotency({ clock }: { readonly clock: Clock }): Idempotency {
  return {
    once: async (tx, { staffId, key, requestHash }, act) => {
      const hash = Buffer.from(requestHash);
      const inserted = await queryHot(
        tx,
        Prisma.sql`
        INSERT INTO idempotency_record (municipality_id, staff_id, key, request_hash, created_at)
        VALUES (app_municipality(), ${staffId}::uuid, ${key}, ${hash}, ${clock.now()})
        ON CONFLICT (municipality_id, staff_id, key) DO NOTHING RETURNING key`,
      );
      if (inserted.length === 0) {
        const [earlier] = await queryHot<{ request_hash: Buffer; reference: string | null }>(
          tx,
          Prisma.sql`SELECT request_hash, reference FROM idempotency_record WHERE staff_id = ${staffId}::uuid AND key = ${key}`,
        );
        if (earlier?.reference == null || !hash.equals(earlier.request_hash))
          throw new DomainError('idempotency_key_reused');
        return { reference: earlier.reference, repeated: true };
      }
      const reference = await act();
      await queryHot(
        tx,
        Prisma.sql`UPDATE idempotency_record SET reference = ${reference} WHERE staff_id = ${staffId}::uuid AND key = ${key}`,
      );
      return { reference, repeated: false };
    },
  };
}
