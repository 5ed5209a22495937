import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mediaSettings } from './settings.ts';

// Writes the reference of the media server's settings, or with --check only tells whether it is what it would be.
const file = path.resolve(import.meta.dirname, '../../../docs/reference/media-settings.md');
const content = describe();

if (!process.argv.includes('--check')) await writeFile(file, content);
else if ((await readFile(file, 'utf8').catch(() => '')) !== content) {
  process.stderr.write('docs/reference/media-settings.md is out of date: run "pnpm docs"\n');
  process.exitCode = 1;
}

function describe(): string {
  const rows = mediaSettings.map((setting) => {
    const group = 'group' in setting ? ` *Set together: ${setting.group}.*` : '';
    return `| \`${setting.name}\` | ${setting.fallback === '' ? '–' : setting.fallback} | ${setting.meaning}${group} |`;
  });
  return [
    '# Settings of the media server',
    '',
    'Made from `packages/media-server/src/settings.ts` by `pnpm docs`; do not edit by hand. With `npm start` they are set beside those of',
    '[the service](settings.md); `naer media serve` reads them alone.',
    '',
    '| setting | default | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
