// npm run bench [-- --json FILE] [-- --only reads,bookings,visits,append,ledger,commands,imports,media,calls]
// Everything is measured against a baseline in the same run, in rounds that take turns; the ratios are the result.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Client } from '@naer/core/client';
import { createHome } from '../support/service.ts';
import { benchCalls } from './calls.ts';
import { benchCommandLine } from './command-line.ts';
import { readAddresses } from './database.ts';
import { furnishHistory } from './history.ts';
import { benchImportMemory, benchImports } from './imports.ts';
import { benchLedger } from './ledger.ts';
import { benchAppend } from './ledger-append.ts';
import { benchMedia } from './media.ts';
import { benchBookings, benchReads } from './requests.ts';
import { formatTable, type Row } from './table.ts';
import { furnishTown, startBareServer } from './town.ts';
import { benchVisits } from './visits.ts';

const { values: wish } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' } },
});
const wanted = (part: string) => wish.only === undefined || wish.only.split(',').includes(part);
const tell = (line: string) => process.stderr.write(`${line}\n`);

const rows: Row[] = [];
const parts = ['reads', 'bookings', 'visits', 'append', 'ledger', 'commands', 'imports'];
if (parts.some(wanted)) await benchService();
if (wanted('media')) {
  tell('measuring media');
  rows.push(...(await benchMedia(tell)));
}
if (wanted('calls')) {
  tell('measuring calls');
  rows.push(...(await benchCalls(tell)));
}
process.stdout.write(`${formatTable(rows)}\n`);
if (wish.json !== undefined) await writeFile(wish.json, `${JSON.stringify({ rows }, null, 2)}\n`);

async function benchService(): Promise<void> {
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
        ['visits', () => benchHistory(service.url, home.home, client)],
        ['append', () => benchAppend(client, { url: service.url, home: home.home })],
        ['ledger', () => benchLedger(client, { url: service.url, home: home.home })],
        ['commands', () => benchCommandLine(service.url, token)],
        ['imports', () => benchImports(home, service.url)],
      ] as const) {
        if (!wanted(part)) continue;
        tell(`measuring ${part}`);
        const began = performance.now();
        rows.push(...(await bench()));
        tell(`${part} took ${Math.round((performance.now() - began) / 1000)} s`);
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
}

/** Made only now: reads and bookings are measured in a database as small as it always was. */
async function benchHistory(serviceUrl: string, home: string, operator: Client): Promise<Row[]> {
  const history = await furnishHistory(operator, { url: serviceUrl, home });
  tell(`${history.visits} visits in five years and three weeks`);
  const bare = await startBareServer((await readAddresses(home)).app, history.municipalityId);
  try {
    return await benchVisits({ serviceUrl, bareUrl: bare.url, history });
  } finally {
    await bare.close();
  }
}
