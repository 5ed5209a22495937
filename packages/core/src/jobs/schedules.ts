import { setTimeout as delay } from 'node:timers/promises';
import { schedule } from 'node-cron';
import type { Pool } from 'pg';
import type { Clock } from '../kernel/clock.ts';

/** How long what is only needed for a while is kept, in days; see docs/operator.md. */
export const retentionDays = {
  idempotencyRecords: 2,
  changeEvents: 30,
  sentMessages: 30,
  mailboxItems: 30,
  mediaWebhooks: 2,
  linkAsks: 2,
  messages: 90,
  calls: 90,
  talks: 90,
} as const;
const dayMs = 86_400_000;

/** Deletes what has served its time. Safe in several processes at once. */
export async function sweep(worker: Pool, clock: Clock): Promise<void> {
  const before = (days: number) => new Date(clock.now().getTime() - days * dayMs);
  await worker.query('DELETE FROM idempotency_record WHERE created_at < $1', [
    before(retentionDays.idempotencyRecords),
  ]);
  await worker.query('DELETE FROM change_event WHERE position IS NOT NULL AND occurred_at < $1', [
    before(retentionDays.changeEvents),
  ]);
  await worker.query(`DELETE FROM outbox_message WHERE state = 'done' AND done_at < $1`, [
    before(retentionDays.sentMessages),
  ]);
  // Their signatures hold for minutes, so none of these can be told again.
  await worker.query('DELETE FROM media_webhook WHERE received_at < $1', [
    before(retentionDays.mediaWebhooks),
  ]);
  await worker.query('DELETE FROM mailbox_item WHERE at < $1', [before(retentionDays.mailboxItems)]);
  // By when it was to go out: an invitation that was planned long ahead is kept until then, and after.
  await worker.query(
    `DELETE FROM message AS m WHERE send_at < $1 AND state NOT IN ('scheduled', 'sending')
     AND NOT EXISTS (SELECT 1 FROM mailbox_item i WHERE i.municipality_id = m.municipality_id AND i.message_id = m.id)`,
    [before(retentionDays.messages)],
  );
  // A cancellation that was given up can be tried again until nobody would come to the visit any more.
  await worker.query(
    `UPDATE message SET facts = facts - 'sealedTo'
     WHERE state = 'failed' AND facts ? 'sealedTo' AND (facts->>'endsAt')::timestamptz < $1`,
    [clock.now()],
  );
  // A key that has left is forgotten with the last link that was made with it.
  await worker.query(
    `DELETE FROM former_key AS f WHERE NOT EXISTS (SELECT 1 FROM call_link l
       WHERE l.created_at <= f.left_at AND l.revoked_at IS NULL AND l.expires_at > $1)`,
    [clock.now()],
  );
  // Who asked for a link may ask again the next day; what could not be looked for is over by then.
  await worker.query('DELETE FROM link_ask WHERE asked_at < $1', [before(retentionDays.linkAsks)]);
  // What a call was for is in the visit and in the log; who was let in and when they came and went is of use for questions only.
  const over = [before(retentionDays.calls)];
  const theirSeats = `SELECT s.municipality_id, s.id FROM call_seat s
    JOIN call c ON c.municipality_id = s.municipality_id AND c.id = s.call_id WHERE c.closes_at < $1`;
  await worker.query(`DELETE FROM call_presence WHERE (municipality_id, seat_id) IN (${theirSeats})`, over);
  await worker.query(`DELETE FROM call_link WHERE (municipality_id, seat_id) IN (${theirSeats})`, over);
  await worker.query(
    `DELETE FROM call_seat AS s USING call c
     WHERE c.municipality_id = s.municipality_id AND c.id = s.call_id AND c.closes_at < $1`,
    over,
  );
  await worker.query('DELETE FROM call WHERE closes_at < $1', over);
  await worker.query(`DELETE FROM talk_request WHERE state <> 'asked' AND answered_at < $1`, [
    before(retentionDays.talks),
  ]);
  // The process that ran the import was killed: no transaction of it can be open this long.
  await worker.query(
    `UPDATE import_run SET state = 'failed', ended_at = $2 WHERE state IN ('checking', 'writing') AND updated_at < $1`,
    [before(1), clock.now()],
  );
}

/** One after the other; what fails for one does not keep the others waiting. */
export async function inEach(
  municipalityIds: readonly string[],
  work: (municipalityId: string) => Promise<unknown>,
  onError: (municipalityId: string, error: unknown) => void,
): Promise<void> {
  for (const id of municipalityIds) {
    try {
      await work(id);
    } catch (error) {
      onError(id, error);
    }
  }
}

/** Something done again and again; the times are those of `node-cron`, in Danish time. */
export interface Job {
  readonly cron: string;
  readonly name: string;
  run(): Promise<void>;
}

/** Runs jobs at their times, none of them twice at once; returns how to stop, which waits for those under way. */
export function scheduleJobs(
  jobs: readonly Job[],
  onError: (job: string, error: unknown) => void,
): () => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const tasks = jobs.map(({ cron, name, run }) =>
    schedule(
      cron,
      () => {
        if (running.has(name)) return;
        const done = run()
          .catch((error: unknown) => onError(name, error))
          .finally(() => running.delete(name));
        running.set(name, done);
      },
      { timezone: 'Europe/Copenhagen' },
    ),
  );
  return async () => {
    for (const task of tasks) await task.destroy();
    await Promise.all(running.values());
  };
}

/**
 * Does something every few seconds, the next time after a pause: a busy machine does it later and says nothing. Returns how
 * to stop, which waits for what is under way.
 */
export function repeat(
  pauseMs: number,
  run: () => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  const pause = () => delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
  const loop = (async () => {
    for (await pause(); !stopping.signal.aborted; await pause()) await run().catch(onError);
  })();
  return async () => {
    stopping.abort();
    await loop;
  };
}
