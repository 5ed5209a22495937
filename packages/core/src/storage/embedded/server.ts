import path from 'node:path';
import { DomainError } from '../../kernel/errors.ts';
import type { Tell } from '../../kernel/progress.ts';
import { locateBinaries } from './binaries.ts';
import { claimDirectory } from './claims.ts';
import { ensureCluster, superuser } from './cluster.ts';
import { choosePlace, defaultStagingRoot, reachableBinaries } from './place.ts';
import { runServer } from './supervisor.ts';

export interface EmbeddedPostgresOptions {
  /** `NAER_HOME`, an absolute path; made when missing. */
  readonly home: string;
  /** Gets one plain line for each thing that takes a while; never a value out of the database. */
  readonly tell: Tell;
  /** A port that must be used; otherwise the one used last, or a new one where that is taken. */
  readonly port?: number;
  /** False gives up durability for speed, and is only safe when the data are thrown away (tests). Default true. */
  readonly fsync?: boolean;
  /** Where root puts what its service account cannot reach in `home`. Default `/var/lib/naer`; tests give their own. */
  readonly stagingRoot?: string;
}

/** A running PostgreSQL of our own. Whoever holds `lockHome` owns it and MUST call `stop()` in the end. */
export interface EmbeddedPostgres {
  /** URL of a login that may do everything, in the database named. It holds the password: never log it. */
  superuserUrl(database: string): string;
  readonly host: string;
  readonly port: number;
  /** The postmaster. */
  readonly pid: number;
  readonly dataDir: string;
  readonly logFile: string;
  /** Settles when the server has ended, by `stop()` or by anything else; never rejects. */
  readonly ended: Promise<void>;
  /** Stops it fast but cleanly (open transactions roll back) and waits for it to end. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that belongs to a home: makes it at first, adopts it where it outlived a killed service, and
 * recovers it where it was killed itself. Two that start at once on one home get the same server.
 *
 * @throws DomainError `postgres_missing`, `postgres_failed`, `postgres_no_account`, `postgres_staging_failed`,
 *   `postgres_data_gone`, `postgres_data_unreachable`, `home_not_writable`, `home_in_use`, `port_taken`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { tell, fsync = true, stagingRoot = defaultStagingRoot } = options;
  const home = path.resolve(options.home);
  const installed = locateBinaries();
  const outcome = await claimDirectory(path.join(home, 'run', 'postgres.lock'), 120_000).catch(
    (cause: unknown) => {
      throw new DomainError('home_not_writable', { home }, { cause });
    },
  );
  if (outcome.kind === 'taken') throw new DomainError('home_in_use', { home, pid: outcome.pid });
  try {
    const place = await choosePlace(home, stagingRoot);
    const binaries = await reachableBinaries(installed, place.account, stagingRoot, tell);
    const password = await ensureCluster(place, binaries, { fsync, tell });
    const server = await runServer({
      place,
      binaries,
      password,
      fsync,
      tell,
      wantedPort: options.port ?? null,
    });
    return {
      ...server,
      superuserUrl: (database) =>
        `postgresql://${superuser}:${password}@${server.host}:${server.port}/${encodeURIComponent(database)}`,
    };
  } finally {
    await outcome.claim.release();
  }
}
