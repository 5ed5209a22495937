// npm run bench [-- --json FILE] [-- --only reads,bookings,commands,imports]
// Everything is measured against a baseline in the same run, in rounds that take turns; the ratios are the result.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createHome } from '../support/service.ts';
import { benchCommandLine } from './command-line.ts';
import { readAddresses } from './database.ts';
import { benchImportMemory, benchImports } from './imports.ts';
import { benchBookings, benchReads } from './requests.ts';
import { formatTable, type Row } from './table.ts';
import { furnishTown, startBareServer } from './town.ts';

const { values: wish } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' } },
});
const wanted = (part: string) => wish.only === undefined || wish.only.split(',').includes(part);
const tell = (line: string) => process.stderr.write(`${line}\n`);

const rows: Row[] = [];
const home = await createHome();
try {
  tell('starting a service of its own');
  const service = await home.start();
  const [client, token] = [await home.client(), await home.token()];
  const town = await furnishTown(client, home.home);
  const bare = await startBareServer((await readAddresses(home.home)).app, town.municipalityId);
  const contest = { serviceUrl: service.url, token, bareUrl: bare.url, town };
  try {
    for (const [part, bench] of [
      ['reads', () => benchReads(contest)],
      ['bookings', () => benchBookings(contest)],
      ['commands', () => benchCommandLine(service.url, token)],
      ['imports', () => benchImports(home, service.url)],
    ] as const) {
      if (!wanted(part)) continue;
      tell(`measuring ${part}`);
      rows.push(...(await bench()));
    }
  } finally {
    await bare.close();
    await service.stop();
  }
  if (wanted('imports')) {
    tell('measuring the memory of imports');
    rows.push(...(await benchImportMemory(home)));
  }
} finally {
  await home.remove();
}
process.stdout.write(`${formatTable(rows)}\n`);
if (wish.json !== undefined) await writeFile(wish.json, `${JSON.stringify({ rows }, null, 2)}\n`);
