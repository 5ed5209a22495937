import path from 'node:path';
import { loadConfig } from './config/index.ts';
import { DomainError, describeError } from './kernel/errors.ts';
import { describeProgress } from './kernel/progress.ts';
import { runService } from './service.ts';
import { announce, languageOfTerminal } from './terminal.ts';

/** The folder that a relative NAER_HOME is taken from: the checkout, two levels above packages/core/dist. */
const root = path.resolve(import.meta.dirname, '../../..');
const language = languageOfTerminal(process.env);

try {
  const config = loadConfig(process.env, root);
  // Heard from the first moment, so that stopping in the middle of a start leaves no PostgreSQL behind. Ctrl-C reaches us
  // from the terminal and from npm: the second one changes nothing.
  const stopped = new Promise<void>((resolve) => {
    process.on('SIGTERM', () => resolve());
    process.on('SIGINT', () => resolve());
  });
  const service = await runService({
    config,
    migrations: path.resolve(import.meta.dirname, '../prisma/migrations'),
    tell: (step, params = {}) => process.stdout.write(`${describeProgress(step, params, language)}\n`),
  });
  announce(service.ready, { config, language, isTerminal: process.stdout.isTTY === true });
  await stopped;
  await service.close();
  process.exit(0);
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  const { what, next } = describeError(error.code, error.params, language);
  process.stderr.write(`${what} ${next}\n`);
  process.exitCode = 1;
}
