import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Interfaces, run, settings } from '@oclif/core';
import manifest from '../package.json' with { type: 'json' };
import { tidyArgv } from './argv.ts';
import { reportFailure } from './errors/report.ts';
import { topicTexts } from './topics.ts';

// The program is built; oclif must not look for TypeScript sources when NODE_ENV happens to be "test".
settings.enableAutoTranspile = false;

const argv = tidyArgv(process.argv.slice(2));
process.argv.splice(2, Number.POSITIVE_INFINITY, ...argv);

// `naer … | head`: the reader has what it wanted, which is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

const oclif: Interfaces.OclifConfiguration = {
  bin: 'naer',
  dirname: 'naer',
  topicSeparator: ' ',
  additionalHelpFlags: ['-h'],
  helpClass: './dist/help.js',
  commands: { strategy: 'explicit', target: './dist/commands.js', identifier: 'COMMANDS' },
  hooks: { command_not_found: { target: './dist/commands.js', identifier: 'commandNotFound' } },
  topics: Object.fromEntries(topicTexts().map(([name, description]) => [name, { description }])),
};

try {
  await run(argv, {
    root: dirname(dirname(fileURLToPath(import.meta.url))),
    isRoot: true,
    pjson: { ...manifest, oclif },
    userPlugins: false,
    devPlugins: false,
    ignoreManifest: true,
  });
} catch (error) {
  process.exitCode = await reportFailure(error, {
    argv,
    json: argv.includes('--json'),
    debug: process.env.NAER_DEBUG !== undefined,
  });
}
