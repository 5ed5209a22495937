// npm run compat [-- --only PATTERN] [-- --target livekit|ours] [-- --short] [-- --write] [-- --json FILE]
// --livekit-from FILE takes LiveKit's column from an earlier --json instead of asking it again.
// The same behaviours against a real LiveKit and against ours; what differs without a reason fails the run.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import './clients/quiet.ts';
import { dispose } from '@livekit/rtc-node';
import { checkout } from '../support/service.ts';
import { withClientsAtHand } from './at-hand.ts';
import type { Behaviour } from './behaviour.ts';
import { groups } from './behaviours/index.ts';
import { differences } from './differences.ts';
import { type Observation, sameObservation } from './observation.ts';
import { type Outcome, observeAll } from './run.ts';
import { formatPage, formatTable, toRows } from './table.ts';
import { livekitVersion, prepareLivekit } from './targets/livekit.ts';
import { prepareOurs } from './targets/ours.ts';
import type { Target } from './targets/target.ts';

const { values: wish } = parseArgs({
  options: {
    only: { type: 'string' },
    target: { type: 'string' },
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    json: { type: 'string' },
    'livekit-from': { type: 'string' },
    lanes: { type: 'string', default: '3' },
  },
});
const tell = (line: string) => process.stderr.write(`${line}\n`);

const asked = groups
  .flatMap(({ title, behaviours }) => behaviours.map((one) => ({ title, one })))
  .filter(
    ({ title, one }) => wish.only === undefined || new RegExp(wish.only).test(`${title}: ${one.sentence}`),
  )
  .filter(({ one }) => !wish.short || one.short)
  .map(({ one }) => one);
const { behaviours: wanted, firefox, leftOut } = await withClientsAtHand(asked);
if (leftOut !== null) tell(leftOut);

const isExpected = ({ name }: Target) => {
  const ofOurs = new Map(differences.map(({ sentence, ours: own }) => [sentence, own]));
  return ({ sentence, expected }: Behaviour, seen: Observation) =>
    sameObservation(seen, (name === 'ours' ? ofOurs.get(sentence) : undefined) ?? expected);
};
const observe = async (target: Target | null) =>
  target === null
    ? null
    : observeAll(target, wanted, { lanes: Number(wish.lanes), tell, isExpected: isExpected(target) });
const chosen = (name: Target['name']) => wish.target === undefined || wish.target === name;
const earlier = wish['livekit-from'];
const livekit =
  earlier !== undefined
    ? await readColumn(earlier)
    : chosen('livekit')
      ? await observe(await prepareLivekit(tell))
      : null;
const ours = chosen('ours') ? await observe(await prepareOurs()) : null;

const rows = toRows(groups, { livekit, ours }, differences);
process.stdout.write(formatTable(rows));
const bad = rows.filter(({ verdict }) => verdict.kind === 'unexplained').length;
process.stdout.write(`\n${rows.length} behaviours, ${bad} unexplained\n`);
const again = [livekit, ours].flatMap((outcomes) =>
  [...(outcomes ?? [])].filter(([, { attempts }]) => attempts === 2).map(([sentence]) => sentence),
);
for (const sentence of new Set(again)) process.stdout.write(`Only when looked at by itself: ${sentence}\n`);
if (livekit === null && chosen('livekit'))
  process.stdout.write('LiveKit was not asked: compared with what the list expects only.\n');
if (leftOut !== null) process.stdout.write(`${leftOut}\n`);
else if (wanted.some(({ clients }) => clients.includes('Firefox')))
  process.stdout.write(`Firefox was ${firefox}.\n`);

if (wish.json !== undefined) {
  const plain = rows.map(({ behaviour, livekit: theirs, ours: own, verdict }) => ({
    behaviour: behaviour.sentence,
    livekit: theirs ?? null,
    ours: own ?? null,
    verdict,
  }));
  await writeFile(wish.json, `${JSON.stringify(plain, null, 2)}\n`);
}
if (wish.write) {
  if (livekit === null || ours === null || leftOut !== null || wish.only !== undefined || wish.short)
    throw new Error('the page is written from a whole run against both, with all clients');
  const page = formatPage(rows, {
    livekitTitle: `LiveKit ${livekitVersion}`,
    date: new Date().toISOString().slice(0, 10),
    again: [...new Set(again)],
    clients: `livekit-client in Chromium and in ${firefox}, @livekit/rtc-node, livekit-server-sdk`,
  });
  await writeFile(path.join(checkout, 'docs/compatibility.md'), page);
}
// The native client keeps threads; this ends them, and the exit code must not wait for what it leaves behind.
await dispose();
process.exit(bad === 0 ? 0 : 1);

async function readColumn(file: string): Promise<ReadonlyMap<string, Outcome>> {
  const earlierRows = JSON.parse(await readFile(file, 'utf8')) as readonly {
    readonly behaviour: string;
    readonly livekit: Observation;
  }[];
  const sought = new Set(wanted.map(({ sentence }) => sentence));
  return new Map(
    earlierRows
      .filter(({ behaviour }) => sought.has(behaviour))
      .map(({ behaviour, livekit: observation }) => [behaviour, { observation, tookMs: 0, attempts: 1 }]),
  );
}
