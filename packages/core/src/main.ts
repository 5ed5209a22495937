import path from 'node:path';
import { loadConfig } from './config/index.ts';
import { DomainError, describeError } from './kernel/errors.ts';
import { runService } from './service.ts';
import { announce, languageOfTerminal } from './terminal.ts';

/** The folder that a relative NAER_HOME is taken from: the checkout, two levels above packages/core/dist. */
const root = process.env.INIT_CWD ?? path.resolve(import.meta.dirname, '../../..');
const language = languageOfTerminal(process.env);

try {
  const config = loadConfig(process.env, root);
  const service = await runService({
    config,
    migrations: path.resolve(import.meta.dirname, '../prisma/migrations'),
    progress: (line) => process.stdout.write(`${line}\n`),
  });
  announce(service.ready, { config, language, isTerminal: process.stdout.isTTY === true });

  let stopping = false;
  const stop = () => {
    // Ctrl-C reaches us from the terminal and from npm: the second one changes nothing.
    if (stopping) return;
    stopping = true;
    service.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  const { what, next } = describeError(error.code, error.params, language);
  process.stderr.write(`${what} ${next}\n`);
  process.exitCode = 1;
}
