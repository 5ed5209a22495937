import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { LentConnections, type TransactionKind, transact } from './transaction.ts';
import { isPassing } from './violations.ts';

declare const writable: unique symbol;

/**
 * A transaction that may write, bound to one municipality by row-level security. Only `Database.write` makes one, so
 * whoever holds it is inside a transaction; it is only safe while that transaction runs.
 */
export type Tx = Prisma.TransactionClient & { readonly [writable]: true };

type ReadMethod =
  | 'findMany'
  | 'findFirst'
  | 'findFirstOrThrow'
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'count'
  | 'groupBy'
  | 'aggregate';
type ReadsOf<Delegate> = Delegate extends { findMany: unknown }
  ? Pick<Delegate, ReadMethod & keyof Delegate>
  : Delegate;

/** A transaction that PostgreSQL itself keeps from writing. Every `Tx` can be used as one. */
export type ReadTx = {
  readonly [Model in keyof Prisma.TransactionClient as Model extends `$${string}` ? never : Model]: ReadsOf<
    Prisma.TransactionClient[Model]
  >;
} & Pick<Prisma.TransactionClient, '$queryRaw'>;

export interface WriteOptions {
  /** How long the work may take; a quarter of a minute fits everything but an import. */
  readonly timeoutMs?: number;
}

/** @param changed ids of what the transaction told a change of (`ChangeEvents.append`) */
export type CommitListener = (changed: ReadonlySet<string>) => void;

export interface Database {
  /** Reads within one municipality. */
  read<Result>(municipalityId: string, work: (tx: ReadTx) => Promise<Result>): Promise<Result>;
  /**
   * Writes within one municipality, all or nothing. The work is run again when PostgreSQL broke a deadlock, so it MUST
   * have no effect outside the transaction: nothing is sent, no state is kept.
   */
  write<Result>(
    municipalityId: string,
    work: (tx: Tx) => Promise<Result>,
    options?: WriteOptions,
  ): Promise<Result>;
  /** The cross-tenant login: token look-up, sequencer, outbox, key rotation. It has its own, narrow rights. */
  readonly worker: pg.Pool;
  /** Calls back after each commit of `write` in this process; returns how to stop that. */
  onCommit(listener: CommitListener): () => void;
  close(): Promise<void>;
}

/**
 * Lets `work` act for another municipality within the same transaction, so that founding one and remembering that it was
 * founded are one thing. Only safe for a municipality that the caller may act for.
 */
export async function withinMunicipality<Result>(
  tx: Tx,
  municipalityId: string,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  if (!uuidShape.test(municipalityId)) throw new Error('a municipality is named by its UUID');
  const turnTo = (id: string) => tx.$queryRaw`SELECT set_config('app.municipality', ${id}, true)`;
  const [own] = await tx.$queryRaw<{ id: string }[]>`SELECT current_setting('app.municipality') AS id`;
  await turnTo(municipalityId);
  // Turned back in any case; where a statement failed, the transaction is over and refuses this one too.
  return work(tx).finally(() => turnTo(own?.id ?? '').catch(() => undefined));
}

export interface DatabaseLogins {
  readonly appUrl: string;
  readonly workerUrl: string;
}

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const attempts = 4;
const defaultTimeoutMs = 15_000;

export function openDatabase(
  logins: DatabaseLogins,
  sizes: { readonly app: number; readonly worker: number } = { app: 16, worker: 6 },
): Database {
  const session = {
    // Texts are prepared once and name their rows by key; planning them anew with each value costs more than running.
    options: '-c timezone=UTC -c plan_cache_mode=force_generic_plan',
    connectionTimeoutMillis: 10_000,
  };
  const appPool = new pg.Pool({
    connectionString: logins.appUrl,
    max: sizes.app,
    application_name: 'naer',
    // A transaction's first statement does not wait for the answer to BEGIN.
    pipeline: true,
    ...session,
  });
  const worker = new pg.Pool({
    connectionString: logins.workerUrl,
    max: sizes.worker,
    application_name: 'naer worker',
    ...session,
  });
  // An idle connection that breaks is replaced by the pool; the next query tells whether the database is really gone.
  appPool.on('error', () => undefined);
  worker.on('error', () => undefined);

  const statementNames = new Map<string, string>();
  const prisma = new PrismaClient({
    adapter: new PrismaPg(new LentConnections(), {
      disposeExternalPool: true,
      // Named statements are prepared once per connection. The number of texts is bounded by the code, not by input;
      // the limit is for texts with lists of varying length.
      statementNameGenerator: ({ sql, args }) => {
        if (args.length === 0) return undefined as never;
        const known = statementNames.get(sql);
        if (known !== undefined) return known;
        if (statementNames.size >= 500) return undefined as never;
        const name = `naer_${statementNames.size}`;
        statementNames.set(sql, name);
        return name;
      },
    }),
    errorFormat: 'minimal',
  });

  const listeners = new Set<CommitListener>();
  const committed: CommitListener = (changed) => {
    for (const listener of listeners) listener(changed);
  };

  const run = <Result>(kind: TransactionKind, work: (tx: Prisma.TransactionClient) => Promise<Result>) => {
    if (!uuidShape.test(kind.municipalityId)) throw new Error('a municipality is named by its UUID');
    return transact(appPool, prisma, kind, work, committed);
  };

  return {
    worker,
    read: async (municipalityId, work) =>
      run({ municipalityId, access: 'read', timeoutMs: defaultTimeoutMs }, (tx) => work(tx as ReadTx)),
    write: async (municipalityId, work, options = {}) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
          return await run({ municipalityId, access: 'write', timeoutMs }, (tx) => work(tx as Tx));
        } catch (error) {
          if (attempt === attempts || !isPassing(error)) throw error;
        }
      }
    },
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await prisma.$disconnect();
      await appPool.end();
      await worker.end();
    },
  };
}
