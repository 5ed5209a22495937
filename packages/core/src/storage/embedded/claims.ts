import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../../kernel/errors.ts';
import { findProcess, isAlive } from './process-identity.ts';

export interface Claim {
  /** Gives the claim up; may be called again. */
  release(): Promise<void>;
}

export type ClaimOutcome =
  | { readonly kind: 'held'; readonly claim: Claim }
  | { readonly kind: 'taken'; readonly pid: number };

/**
 * Claims a directory for this process alone, waiting up to `patienceMs` for whoever has it.
 *
 * A claim is an empty file whose name says which process made it (number and start time), so it exists whole or not
 * at all, and one that outlived its process is known for what it is. Everybody puts up an own claim first and looks
 * for others second: of two that come at once at least one sees the other and steps back, and removing a dead claim
 * can never remove a living one. That is why there is no single lock file here that would have to be replaced.
 */
export async function claimDirectory(directory: string, patienceMs: number): Promise<ClaimOutcome> {
  const me = await findProcess(process.pid);
  const name = `${process.pid}-${me?.startedAt ?? '0'}-${randomBytes(4).toString('hex')}`;
  const file = path.join(directory, name);
  const deadline = performance.now() + patienceMs;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (;;) {
    let rival = await findRival(directory, name);
    if (rival === null) {
      await writeFile(file, '', { flag: 'wx', mode: 0o600 });
      rival = await findRival(directory, name);
      if (rival === null) return { kind: 'held', claim: { release: () => rm(file, { force: true }) } };
      await rm(file, { force: true });
    }
    if (performance.now() >= deadline) return { kind: 'taken', pid: rival };
    // Two that stepped back from each other must not meet again in step.
    await delay(20 + Math.random() * 80);
  }
}

/** The process behind another living claim, or null; clears away the claims of the dead. */
async function findRival(directory: string, ownName: string): Promise<number | null> {
  let rival: number | null = null;
  for (const name of await readdir(directory)) {
    const [, pid, startedAt] = /^(\d+)-([\w.]+)-\w+$/.exec(name) ?? [];
    if (name === ownName || pid === undefined || startedAt === undefined) continue;
    if (await isAlive({ pid: Number(pid), startedAt })) rival = Number(pid);
    else await rm(path.join(directory, name), { force: true });
  }
  return rival;
}

/**
 * Takes `home` for this process, so that two services never work on one home.
 *
 * @param home absolute path of `NAER_HOME`; it is made when missing.
 * @param patienceMs how long to wait for one that may be about to end, because whatever started it was killed.
 * @throws DomainError `home_in_use` with the process that has it, `home_not_writable`.
 */
export async function lockHome(home: string, patienceMs = 3000): Promise<Claim> {
  const outcome = await claimDirectory(path.join(home, 'run', 'naer.lock'), patienceMs).catch(
    (cause: unknown) => {
      throw new DomainError('home_not_writable', { home }, { cause });
    },
  );
  if (outcome.kind === 'taken') throw new DomainError('home_in_use', { home, pid: outcome.pid });
  return outcome.claim;
}
