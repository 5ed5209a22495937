import type pg from 'pg';

/**
 * Lends `work` one connection of a pool, for what belongs to a session, such as advisory locks. After a failure the
 * connection is not used again: its session ends, and with it every lock it held.
 */
export async function withClient<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let failure: Error | undefined;
  // The pool listens to idle connections only. Without a listener here, one that breaks between two queries of `work`
  // would end the process; so the next query tells of it.
  const remember = (error: Error) => {
    failure = error;
  };
  client.on('error', remember);
  try {
    return await work(client);
  } catch (error) {
    failure ??= error instanceof Error ? error : new Error('the work failed', { cause: error });
    throw error;
  } finally {
    // On one that broke the listener stays: it may tell of its end more than once.
    if (failure === undefined) client.removeListener('error', remember);
    client.release(failure);
  }
}
