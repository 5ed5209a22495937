import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A program in Go beside these tests, compiled where there is a Go and its modules can be had. */
export interface GoProgram {
  /** Where `build` puts it. */
  readonly program: string;
  /** Null where it can be compiled. */
  readonly reasonToSkip: string | null;
  /** Null when it was compiled, otherwise what the compiler said; the first time it takes Go's own library along. */
  build(): string | null;
}

/** What was loaded and compiled once serves every later run. */
const cache = path.join(tmpdir(), 'naer-judge');

/** @param folder of its `go.mod`, within this folder */
export function goProgram(folder: string): GoProgram {
  const program = path.join(cache, process.platform === 'win32' ? `${folder}.exe` : folder);
  const env = {
    ...process.env,
    GOFLAGS: '-mod=readonly',
    GOTOOLCHAIN: 'local',
    GOCACHE: path.join(cache, 'build'),
    GOMODCACHE: path.join(cache, 'modules'),
  };
  const go = (...args: readonly string[]): string | null => {
    const cwd = path.join(import.meta.dirname, folder);
    const { status, stderr, error } = spawnSync('go', args, { cwd, env, encoding: 'utf8' });
    return status === 0 ? null : (error?.message ?? stderr.trim());
  };
  const lookForReason = (): string | null => {
    mkdirSync(cache, { recursive: true });
    if (go('version') !== null) return 'there is no Go here';
    const missing = go('mod', 'download');
    return missing === null ? null : `its modules cannot be had: ${missing.split('\n')[0]}`;
  };
  return { program, reasonToSkip: lookForReason(), build: () => go('build', '-o', program, '.') };
}
