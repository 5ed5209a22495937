import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { Prisma, PrismaClient } from './generated/client.ts';

export interface TransactionKind {
  /** Must have the shape of a UUID: it becomes part of a statement. */
  readonly municipalityId: string;
  readonly access: 'read' | 'write';
  /** How long the work may take. */
  readonly timeoutMs: number;
}

type Joined = Prisma.TransactionClient;

/** The connection of the transaction that Prisma is just being asked to join. */
const lent = new AsyncLocalStorage<pg.PoolClient>();
/** What Prisma would say to a connection of its own; ours is told by `Transaction`, at the right moment. */
const ourWords = new Set(['BEGIN', 'COMMIT', 'ROLLBACK']);
const ignore = (): void => undefined;

/**
 * All the connections that Prisma ever gets: those of transactions that run already. It has none of its own, so it can
 * do nothing outside a transaction, where no municipality would be set.
 */
export class LentConnections extends pg.Pool {
  override connect(): never {
    const connection = lent.getStore();
    if (connection === undefined) throw new Error('Prisma works within a transaction only');
    return Promise.resolve({
      query: (config: pg.QueryConfig) =>
        ourWords.has(config.text)
          ? Promise.resolve({ fields: [], rows: [], rowCount: 0 })
          : connection.query(config),
      on: ignore,
      removeListener: ignore,
      release: ignore,
    }) as never;
  }
}

/** One transaction, from BEGIN to its end. Prisma joins it when first asked for, which costs more than a small query. */
class Transaction {
  readonly changed = new Set<string>();
  readonly #connection: pg.PoolClient;
  readonly #begun: Promise<unknown>;
  readonly #over = Promise.withResolvers<void>();
  #running = true;
  #abandoned = false;
  #joined: Promise<Joined> | null = null;
  #prismaLeft: Promise<unknown> = Promise.resolve();

  constructor(connection: pg.PoolClient, { municipalityId, access }: TransactionKind) {
    this.#connection = connection;
    // Of a connection that breaks, the query that needed it tells; the pool replaces it.
    connection.on('error', ignore);
    // Not waited for: the first statement goes out together with it, in one packet where it is ready by then.
    const { stream } = connection.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    this.#begun = connection.query(
      `BEGIN ${access === 'read' ? 'READ ONLY' : ''}; SELECT set_config('app.municipality', '${municipalityId}', true)`,
    );
    this.#begun.catch(ignore);
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  get connection(): pg.PoolClient {
    if (!this.#running) throw new Error('the transaction is over');
    return this.#connection;
  }

  async join(prisma: PrismaClient, timeoutMs: number): Promise<Joined> {
    const { connection } = this;
    this.#joined ??= new Promise((resolve, reject) => {
      const stay = async (client: Joined) => {
        resolve(client);
        await this.#over.promise;
      };
      // Ours is the time that counts; Prisma's must only not be shorter.
      const limits = { maxWait: timeoutMs, timeout: 2 * timeoutMs };
      this.#prismaLeft = lent.run(connection, () => prisma.$transaction(stay, limits)).catch(reject);
    });
    return this.#joined;
  }

  /** @throws Error when it was to be committed and PostgreSQL rolled it back, because a statement had failed */
  async end(word: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.#leave();
    await this.#prismaLeft;
    let command: string;
    try {
      await this.#begun;
      command = (await this.#connection.query(word)).command;
    } catch (error) {
      this.#connection.release(true);
      throw error;
    }
    this.#connection.removeListener('error', ignore);
    this.#connection.release();
    if (command !== word) throw new Error('nothing was written, because a statement had failed');
  }

  /** Breaks the connection, upon which PostgreSQL rolls back; for when a statement may not return. */
  abandon(): void {
    this.#abandoned = true;
    this.#leave();
    this.#connection.release(true);
    this.#connection.connection.stream.destroy();
  }

  #leave(): void {
    this.#running = false;
    this.#over.resolve();
  }
}

const transactions = new WeakMap<object, Transaction>();
const statementNames = new Map<string, string>();

/**
 * Runs a statement of a hot path in a transaction, past Prisma, whose own work costs more than such a statement.
 * Types are those of node-postgres: timestamps are `Date`, bigint and numeric are text. Texts are prepared under a
 * name, so their number MUST be bounded by the code: lists go in as arrays, not as so many parameters.
 *
 * @param tx a `Tx` or `ReadTx` that still runs
 */
export async function queryHot<Row extends object>(tx: object, statement: Prisma.Sql): Promise<Row[]> {
  const transaction = transactions.get(tx);
  if (transaction === undefined) throw new Error('this is no transaction of ours');
  const { text } = statement;
  const name = statementNames.get(text) ?? `hot_${statementNames.size}`;
  statementNames.set(text, name);
  const { rows } = await transaction.connection.query<Row>({ name, text, values: [...statement.values] });
  return rows;
}

/** Remembers ids of what a transaction changes, for whoever is told of its commit. */
export function noteChanged(tx: object, ids: readonly string[]): void {
  for (const id of ids) transactions.get(tx)?.changed.add(id);
}

/**
 * Runs `work` in a transaction that row security binds to one municipality; what it throws undoes what it did.
 *
 * @param committed called once a transaction that may write is committed, with the ids that were noted
 * @throws DomainError unavailable when there is no answer in time
 */
export async function transact<Result>(
  pool: pg.Pool,
  prisma: PrismaClient,
  kind: TransactionKind,
  work: (tx: Joined) => Promise<Result>,
  committed: (changed: ReadonlySet<string>) => void = ignore,
): Promise<Result> {
  const transaction = new Transaction(await pool.connect(), kind);
  const tx = joining(() => transaction.join(prisma, kind.timeoutMs));
  transactions.set(tx, transaction);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    transaction.abandon();
    late.reject(new DomainError('unavailable', {}, { cause: new Error('the transaction took too long') }));
  }, kind.timeoutMs);
  let result: Result;
  try {
    result = await Promise.race([work(tx), late.promise]);
  } catch (error) {
    if (!transaction.abandoned) await transaction.end('ROLLBACK').catch(ignore);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const ended = transaction.end('COMMIT');
  // Nobody needs to wait for the end of a transaction that could not write.
  if (kind.access === 'read') {
    ended.catch(ignore);
    return result;
  }
  await ended;
  committed(transaction.changed);
  return result;
}

/** A client of Prisma's that joins when it is first asked something. */
function joining(join: () => Promise<Joined>): Joined {
  const ask =
    (path: readonly string[]) =>
    (...args: readonly unknown[]) =>
      join().then((client) => {
        let [owner, called]: [unknown, unknown] = [undefined, client];
        for (const name of path) [owner, called] = [called, Reflect.get(called as object, name)];
        return Reflect.apply(called as () => unknown, owner, args);
      });
  const model = (name: string) => new Proxy({}, { get: (_, method) => ask([name, String(method)]) });
  return new Proxy({} as Joined, {
    get: (_, name) =>
      // What is awaited is asked for `then`; a transaction is no promise.
      typeof name !== 'string' || name === 'then'
        ? undefined
        : name.startsWith('$')
          ? ask([name])
          : model(name),
  });
}
