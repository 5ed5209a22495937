import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { settings } from './config/index.ts';

// Writes the generated references, or with --check only tells whether they are what they would be.
const folder = path.resolve(import.meta.dirname, '../../../docs/reference');
const documents: Readonly<Record<string, string>> = { 'settings.md': describeSettings() };

let drifted = false;
for (const [name, content] of Object.entries(documents)) {
  const file = path.join(folder, name);
  if (!process.argv.includes('--check')) await writeFile(file, content);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== content) {
    drifted = true;
    process.stderr.write(`docs/reference/${name} is out of date: run "pnpm docs"\n`);
  }
}
process.exitCode = drifted ? 1 : 0;

function describeSettings(): string {
  const rows = settings.map((setting) => {
    const group = 'group' in setting ? ` *Set together: ${setting.group}.*` : '';
    return `| \`${setting.name}\` | ${setting.fallback === '' ? '–' : setting.fallback} | ${setting.meaning}${group} |`;
  });
  return [
    '# Settings',
    '',
    'Made from `packages/core/src/config/settings.ts` by `pnpm docs`; do not edit by hand. All are read from the environment at start. Those of calls are in [media-settings.md](media-settings.md).',
    '',
    '| setting | default | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
