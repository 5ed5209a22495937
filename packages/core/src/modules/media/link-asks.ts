import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { type DerivedKeys, seal, unseal } from '../citizens/index.ts';

/** What the keys of this are derived for; see `Vault.derivedKeys`. */
export const askKeyPurpose = 'naer ask for a link';

const askerShape = z.object({ email: z.string().optional(), phone: z.string().optional() });
export type Asker = z.infer<typeof askerShape>;

/** One that is to be looked for, held for a while. */
export interface Ask {
  readonly id: Buffer;
  /** Null where the key that sealed it is gone. */
  readonly to: Asker | null;
  readonly askedAt: Date;
  /** This attempt's number, from 1. */
  readonly attempt: number;
}

/** Who presses the button again at once gets no second message. */
const pauseMs = 5 * 60_000;
/** Nor can anybody make somebody's telephone ring all day by asking in their place. */
const mostADay = 6;
const dayMs = 86_400_000;
/** More than that at once is no citizen who lost a link. */
const mostWaiting = 1_000;
/** Of one length, so that it tells nothing of what is sealed. */
const sealedLength = 384;
const leaseMs = 120_000;
export const asksAtOnce = 2;

/**
 * What is asked for from a page that nobody is logged in to, kept until it was done. It belongs to no municipality, since it is not
 * known whose it is; the address is sealed, and forgotten once it was looked for.
 */
export function createLinkAsks({
  worker,
  keys,
  clock,
}: {
  readonly worker: Pool;
  readonly keys: DerivedKeys;
  readonly clock: Clock;
}) {
  const contextOf = (id: Buffer) => ({ purpose: 'link-ask', owner: [id.toString('hex')] }) as const;

  const open = async (row: {
    asker: Buffer;
    master_key_id: string;
    sealed_to: Buffer;
  }): Promise<Asker | null> => {
    const found = await keys.find(row.master_key_id);
    if (found === null) return null;
    return askerShape.parse(
      JSON.parse(unseal(found.key, contextOf(row.asker), row.sealed_to).toString('utf8')),
    );
  };

  return {
    /** The same one statement for everybody: known or not, asked before or not. */
    keep: async (to: Asker): Promise<void> => {
      const { id: masterKeyId, key } = keys.newest();
      const now = clock.now();
      const address = to.phone ?? to.email?.toLowerCase() ?? '';
      const id = createHmac('sha256', key).update(address).digest();
      const sealed = seal(key, contextOf(id), Buffer.from(JSON.stringify(to).padEnd(sealedLength)));
      await worker.query({
        name: 'naer_keep_ask',
        text: `INSERT INTO link_ask AS a (asker, master_key_id, sealed_to, times, since, asked_at, attempts, next_attempt_at)
          SELECT $1, $2, $3, 1, $4, $4, 0, $4
          WHERE (SELECT count(*) FROM (SELECT FROM link_ask WHERE sealed_to IS NOT NULL LIMIT ${mostWaiting}) AS waiting) < ${mostWaiting}
          ON CONFLICT (asker) DO UPDATE SET master_key_id = excluded.master_key_id, sealed_to = excluded.sealed_to, asked_at = $4,
            attempts = 0, next_attempt_at = $4, times = CASE WHEN a.since <= $6 THEN 1 ELSE a.times + 1 END,
            since = CASE WHEN a.since <= $6 THEN $4 ELSE a.since END
          WHERE a.asked_at <= $5 AND (a.since <= $6 OR a.times < ${mostADay})`,
        values: [
          id,
          masterKeyId,
          sealed,
          now,
          new Date(now.getTime() - pauseMs),
          new Date(now.getTime() - dayMs),
        ],
      });
    },

    /** Takes up what is due; what a killed process held is free again after a while. */
    claim: async (): Promise<Ask[]> => {
      const now = clock.now();
      const { rows } = await worker.query<{
        asker: Buffer;
        master_key_id: string;
        sealed_to: Buffer;
        asked_at: Date;
        attempts: number;
      }>(
        `UPDATE link_ask AS a SET attempts = a.attempts + 1, next_attempt_at = $2 FROM (
           SELECT asker FROM link_ask WHERE sealed_to IS NOT NULL AND next_attempt_at <= $1
           ORDER BY next_attempt_at LIMIT ${asksAtOnce} FOR UPDATE SKIP LOCKED) AS due
         WHERE a.asker = due.asker RETURNING a.asker, a.master_key_id, a.sealed_to, a.asked_at, a.attempts`,
        [now, new Date(now.getTime() + leaseMs)],
      );
      return Promise.all(
        rows.map(async (row) => ({
          id: row.asker,
          to: await open(row),
          askedAt: row.asked_at,
          attempt: row.attempts,
        })),
      );
    },

    /** It was looked for: the address is forgotten. Whoever has asked again since is looked for again. */
    settle: async ({ id, askedAt }: Ask): Promise<void> => {
      await worker.query('UPDATE link_ask SET sealed_to = NULL WHERE asker = $1 AND asked_at = $2', [
        id,
        askedAt,
      ]);
    },

    retry: async ({ id, askedAt }: Ask, at: Date): Promise<void> => {
      await worker.query('UPDATE link_ask SET next_attempt_at = $3 WHERE asker = $1 AND asked_at = $2', [
        id,
        askedAt,
        at,
      ]);
    },
  };
}

export type LinkAsks = ReturnType<typeof createLinkAsks>;
