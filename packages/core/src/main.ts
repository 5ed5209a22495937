import { once } from 'node:events';
import path from 'node:path';
import { loadConfig } from './config/index.ts';
import { DomainError, describeError } from './kernel/errors.ts';
import { describeProgress } from './kernel/progress.ts';
import { runService } from './service.ts';
import { announce, languageOfTerminal } from './terminal.ts';

/** The folder that a relative NAER_HOME is taken from: the checkout, two levels above packages/core/dist. */
const root = path.resolve(import.meta.dirname, '../../..');
const language = languageOfTerminal(process.env);
const stop = new AbortController();

try {
  const config = loadConfig(process.env, root);
  // Heard from the first moment, so that stopping in the middle of a start leaves no PostgreSQL behind. Ctrl-C reaches us
  // from the terminal and from npm: the second one changes nothing.
  // A terminal that is closed says SIGHUP, and PostgreSQL has a session of its own that outlives it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const stopped = once(stop.signal, 'abort').then(() => null);
  const service = await runService({
    config,
    migrations: path.resolve(import.meta.dirname, '../prisma/migrations'),
    mediaProgram: path.join(root, 'packages/media-server/dist/main.js'),
    callPage: path.join(root, 'packages/media-server/call-page/dist'),
    tell: (step, params = {}) => process.stdout.write(`${describeProgress(step, params, language)}\n`),
    stop: stop.signal,
  });
  announce(service.ready, { config, language, isTerminal: process.stdout.isTTY === true });
  const failure = await Promise.race([stopped, service.broken]);
  await service.close();
  if (failure !== null) throw failure;
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted && error === stop.signal.reason) process.exit(0);
  if (!(error instanceof DomainError)) throw error;
  const { what, next } = describeError(error.code, error.params, language);
  // Work that was cut off must not keep a process alive that has told why it ends.
  process.stderr.write(`${what} ${next}\n`, () => process.exit(1));
}
