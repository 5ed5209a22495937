import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { advisoryLocks } from './advisory-locks.ts';

const batch = 5000;
/** How long changes gather after a batch was placed. The first after a quiet while never waits. */
const gatherMs = 25;

export interface Sequencer {
  /** Looks at once instead of at the next turn; called after each commit in this process. */
  wake(): void;
  /** Whether this process orders changes now; the others wait to take over. */
  readonly leading: boolean;
  close(): Promise<void>;
}

export interface SequencerOptions {
  readonly workerUrl: string;
  /** How long changes of other processes may lie before they get their place. */
  readonly pollMs?: number;
  /** How often a process that does not lead tries to. */
  readonly takeOverMs?: number;
  /** How long a leader may be silent (frozen, cut off) before PostgreSQL drops it and another can lead. */
  readonly stallMs?: number;
  /** What else the leader alone does. */
  readonly afterPlacing?: AfterPlacing;
  readonly onError: (error: unknown) => void;
}

/**
 * Called by the leader on its connection, outside a transaction, each time that it looked for what to place; whatever it
 * begins it ends. What it throws costs the leader its lead.
 *
 * @param placed how many rows were just placed
 * @returns after how many milliseconds it wants to be called again, if nothing is placed before; 0 is at once
 */
export type AfterPlacing = (client: Client, placed: number) => Promise<number>;

/**
 * Gives committed changes and ledger leaves their place: per municipality, without gaps, never changed. Serial ids are
 * given before commit, so whoever resumes by them skips what commits late; here a place is given to what is already
 * committed, by one leader at a time (a session advisory lock, which PostgreSQL drops with the leader's connection).
 * NOTIFY is sent from here alone, since it takes a lock that all committing writers would share.
 */
export function createSequencer(options: SequencerOptions): Sequencer {
  const { workerUrl, pollMs = 100, takeOverMs = 500, stallMs = 10_000, afterPlacing, onError } = options;
  const stopping = new AbortController();
  let leading = false;
  let wakeUp: (() => void) | null = null;
  let woken = false;

  const pause = async (ms: number): Promise<void> => {
    if (woken || stopping.signal.aborted) {
      woken = false;
      return;
    }
    const timer = new AbortController();
    const sleep = delay(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([
      sleep,
      new Promise<void>((resolve) => {
        wakeUp = resolve;
      }),
    ]);
    wakeUp = null;
    woken = false;
    timer.abort();
  };

  const lead = async (client: Client): Promise<void> => {
    while (!stopping.signal.aborted) {
      const { rows } = await client.query<{ won: boolean }>('SELECT pg_try_advisory_lock($1) AS won', [
        advisoryLocks.sequencer,
      ]);
      if (rows[0]?.won) break;
      await pause(takeOverMs);
    }
    leading = !stopping.signal.aborted;
    while (!stopping.signal.aborted) {
      const placed = await placeBatch(client);
      const againInMs = (await afterPlacing?.(client, placed)) ?? pollMs;
      if (placed === batch || againInMs <= 0) continue;
      // Under a stream of commits each would wake this anew; gathering them takes the load off those who commit.
      if (placed > 0) await delay(gatherMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      await pause(Math.min(pollMs, againInMs));
    }
  };

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const client = new Client({
        connectionString: workerUrl,
        application_name: 'naer sequencer',
        keepAlive: true,
        connectionTimeoutMillis: 10_000,
        query_timeout: 60_000,
        options: dropWhenStalled(stallMs + Math.max(pollMs, takeOverMs)),
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await lead(client);
      } catch (error) {
        if (!stopping.signal.aborted) onError(error);
        await pause(takeOverMs);
      } finally {
        leading = false;
        await client.end().catch(() => undefined);
      }
    }
  })();

  return {
    wake: () => {
      woken = true;
      wakeUp?.();
    },
    get leading() {
      return leading;
    },
    close: async () => {
      stopping.abort();
      wakeUp?.();
      await loop;
    },
  };
}

/** A frozen process keeps its connection, and with it the lock, for ever: PostgreSQL ends a session that says nothing. */
const dropWhenStalled = (ms: number): string =>
  [
    `-c idle_session_timeout=${ms}`,
    `-c idle_in_transaction_session_timeout=${ms}`,
    '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3',
  ].join(' ');

/**
 * Places what is pending, in one transaction, and returns how many rows that were: the greater of leaves and events.
 * Safe to run twice at once; `beforeCommit` lets a test hold it there.
 */
export async function placeBatch(
  client: Client,
  { beforeCommit }: { readonly beforeCommit?: () => Promise<void> } = {},
): Promise<number> {
  await client.query('BEGIN');
  try {
    const leaves = await client.query(place('ledger_leaf', '"index"', 'ledger_size', -1));
    const events = await client.query<{ municipality_id: string }>(
      place('change_event', 'position', 'event_position', 0),
    );
    const told = [...new Set(events.rows.map((row) => row.municipality_id))];
    if (told.length > 0)
      await client.query(`SELECT pg_notify('naer_events', id) FROM unnest($1::text[]) AS id`, [told]);
    await beforeCommit?.();
    await client.query('COMMIT');
    return Math.max(leaves.rowCount ?? 0, events.rowCount ?? 0);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/**
 * FOR UPDATE makes a second leader (one that lost its lock without noticing) wait and then see that the rows are placed;
 * the unique constraint on the place is the last guard.
 */
const place = (table: string, column: string, head: string, offset: number): string => `
  WITH pending AS (
    SELECT pending_id, municipality_id FROM ${table} WHERE ${column} IS NULL ORDER BY pending_id LIMIT ${batch} FOR UPDATE
  ), numbered AS (
    SELECT pending_id, municipality_id, row_number() OVER (PARTITION BY municipality_id ORDER BY pending_id) AS nth FROM pending
  ), counted AS (
    SELECT municipality_id, count(*) AS amount FROM pending GROUP BY municipality_id
  ), heads AS (
    INSERT INTO sequence_head AS head (municipality_id, ledger_size, event_position)
    SELECT municipality_id, ${head === 'ledger_size' ? 'amount, 0' : '0, amount'} FROM counted
    ON CONFLICT (municipality_id) DO UPDATE SET ${head} = head.${head} + EXCLUDED.${head}
    RETURNING municipality_id, ${head} AS reached
  )
  UPDATE ${table} AS target
  SET ${column} = heads.reached - counted.amount + numbered.nth + ${offset}
  FROM numbered JOIN heads USING (municipality_id) JOIN counted USING (municipality_id)
  WHERE target.pending_id = numbered.pending_id
  RETURNING target.municipality_id`;
