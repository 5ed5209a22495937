import { dirname } from 'node:path';
import { type Interfaces, run, settings } from '@oclif/core';
import manifest from '../package.json' with { type: 'json' };
import { tidyArgv } from './argv.ts';
import { type Commands, loadCommands } from './commands.ts';
import { innerTopicTexts, topicTexts } from './topics.ts';

// oclif finds all that belongs to it by requiring a file; it is told this one, which is loaded already.
export { NaerHelp } from './help.ts';
export { commandNotFound } from './not-found.ts';
/** Filled below, before oclif reads it (`strategy: explicit`). */
export let COMMANDS: Commands = {};

const target = './dist/main.cjs';
const oclif = (): Interfaces.OclifConfiguration => ({
  bin: 'naer',
  dirname: 'naer',
  topicSeparator: ' ',
  additionalHelpFlags: ['-h'],
  helpClass: { target, identifier: 'NaerHelp' },
  commands: { strategy: 'explicit', target, identifier: 'COMMANDS' },
  hooks: { command_not_found: { target, identifier: 'commandNotFound' } },
  topics: Object.fromEntries(
    [...topicTexts(), ...innerTopicTexts()].map(([name, description]) => [name, { description }]),
  ),
});

async function main(): Promise<void> {
  const argv = tidyArgv(process.argv.slice(2));
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...argv);
  try {
    COMMANDS = await loadCommands(argv);
    await run(argv, {
      root: dirname(import.meta.dirname),
      isRoot: true,
      pjson: { ...manifest, oclif: oclif() },
      userPlugins: false,
      devPlugins: false,
      ignoreManifest: true,
    });
  } catch (error) {
    const { reportFailure } = await import('./errors/report.ts');
    const debug = process.env.NAER_DEBUG !== undefined;
    process.exitCode = await reportFailure(error, { argv, json: argv.includes('--json'), debug });
  }
}

// `naer … | head`: the reader has what it wanted, which is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

// The program is built; oclif must not look for TypeScript sources when NODE_ENV happens to be "test".
settings.enableAutoTranspile = false;
void main();
