// npm run soak [-- --minutes 60] [-- --calls 10] [-- --warm 300] [-- --csv FILE] [-- --program FILE]; or -- --read FILE, of samples kept by --csv
// Calls with light media for a long time, one of which ends and begins anew every minute; whether memory, handles and
// native objects stay what they are. `--warm` is how many calls come and go before the first look: a server that has worked for a while.
// `--warm 1000 --minutes 0` tells what a thousand of them leave. `--program` is a built main.js, where the checkout is to be built meanwhile.
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { oursAt, prepareOurs } from '../compat/targets/ours.ts';
import type { RunningServer } from '../compat/targets/target.ts';
import { until } from '../compat/waiting.ts';
import { lightMedia, SoakCalls } from './soak-calls.ts';
import { findTrends, formatTrends, readSamples, type Sample } from './trend.ts';
import { readUsage } from './usage.ts';

const { values: wish } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    calls: { type: 'string', default: '10' },
    warm: { type: 'string', default: '300' },
    csv: { type: 'string' },
    program: { type: 'string' },
    read: { type: 'string' },
  },
});
if (wish.read !== undefined) {
  process.stdout.write(`${formatTrends(findTrends(readSamples(await readFile(wish.read, 'utf8'))))}\n`);
  process.exit();
}
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const tell = (line: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const sampleEveryMs = 10_000;
const churnEvery = 6;
const tellWarmEvery = 50;
/** An empty room stays for a while, in case somebody comes back. */
const roomsEndWithinMs = 60_000;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

// By itself V8 gives new objects more and less room as it finds time, up to three times 16 MB, and lets the heap of the old
// ones grow by a share that follows how fast it collected: that says how busy the machine was, and nothing of leaks.
const nodeOptions = ['--min-semi-space-size=4', '--max-semi-space-size=4', '--heap-growing-percent=20'];
const target =
  wish.program === undefined ? await prepareOurs(nodeOptions) : oursAt(wish.program, nodeOptions);
const server = await target.start();
const samples: Sample[] = [];
let calls: SoakCalls | null = null;
let left: Record<string, number> = {};
try {
  calls = await SoakCalls.start(server.url, { calls: Number(wish.calls), media: lightMedia });
  tell(`${wish.calls} calls, for ${wish.minutes} minutes; the server is process ${server.pid}`);
  await warm(server, calls);
  await watch(server, calls);
  await calls.leaveAll();
  await until('rooms ending', async () => (await readMetrics(server)).rooms === 0, roomsEndWithinMs).catch(
    (error: Error) => tell(error.message),
  );
  left = await readMetrics(server);
} finally {
  await calls?.close();
  await server.stop();
}
process.exitCode = conclude();

/**
 * V8 makes machine code of a function once it was called often, and what the compiling takes leaves holes in malloc's pools. At
 * two joins a minute that goes on for hours, and hides whether joins leave anything; most of it is over after three hundred calls.
 */
async function warm(running: RunningServer, soak: SoakCalls): Promise<void> {
  const count = Number(wish.warm);
  let turn = 0;
  for (; turn < count && !stop.signal.aborted; turn += 1) {
    if (turn % tellWarmEvery === 0) await tellWarm(running, turn);
    await soak.churn();
  }
  await tellWarm(running, turn);
}

async function tellWarm(running: RunningServer, turn: number): Promise<void> {
  const { residentBytes } = await readUsage(running.pid);
  tell(`${turn} calls have come and gone: ${megabytes(residentBytes)} MB resident`);
}

async function watch(running: RunningServer, soak: SoakCalls): Promise<void> {
  const beganMs = performance.now();
  const limitMs = Number(wish.minutes) * 60_000;
  let before = await readUsage(running.pid);
  let beforeMs = beganMs;
  for (let turn = 1; performance.now() - beganMs < limitMs && !stop.signal.aborted; turn += 1) {
    const nextMs = beganMs + turn * sampleEveryMs - performance.now();
    await delay(Math.max(0, nextMs), undefined, { signal: stop.signal }).catch(() => undefined);
    const [usage, metrics] = await Promise.all([readUsage(running.pid), readMetrics(running)]);
    const nowMs = performance.now();
    const of = (name: string) => metrics[name] ?? Number.NaN;
    const sample: Sample = {
      seconds: Math.round((nowMs - beganMs) / 1000),
      residentBytes: usage.residentBytes,
      heapBytes: of('heap_used_bytes'),
      outsideHeapBytes: of('external_memory_bytes'),
      nativeBytes: usage.residentBytes - of('heap_total_bytes') - of('external_memory_bytes'),
      cores: (usage.cpuSeconds - before.cpuSeconds) / ((nowMs - beforeMs) / 1000),
      loopDelayP99Ms: of('event_loop_delay_p99_seconds') * 1000,
      transports: of('transports'),
      sockets: of('sockets'),
      participants: of('participants'),
      resources: of('active_resources'),
    };
    [before, beforeMs] = [usage, nowMs];
    samples.push(sample);
    await write(sample);
    if (turn % 30 === 0) {
      const { cores } = await soak.measure();
      tell(
        `${Math.round(sample.seconds / 60)} min: ${megabytes(sample.residentBytes)} MB resident, ` +
          `${megabytes(sample.heapBytes)} MB heap, ${sample.cores.toFixed(3)} cores (clients ${cores.toFixed(3)}), ` +
          `${sample.transports} transports, ${sample.resources} resources`,
      );
    }
    if (turn % churnEvery === 0) await soak.churn();
  }
}

/** `naer_media_rooms 3` as { rooms: 3 }. */
async function readMetrics({ httpUrl }: RunningServer): Promise<Record<string, number>> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text();
  return Object.fromEntries(
    [...text.matchAll(/^naer_media_(\w+) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
}

async function write(sample: Sample): Promise<void> {
  if (wish.csv === undefined) return;
  const line = (cells: readonly unknown[]) => `${cells.join(',')}\n`;
  if (samples.length === 1) await writeFile(wish.csv, line(Object.keys(sample)));
  await appendFile(wish.csv, line(Object.values(sample)));
}

/** @returns the exit code */
function conclude(): number {
  const trends = samples.length === 0 ? [] : findTrends(samples);
  const totals = calls?.totals;
  const minutes = ((samples.at(-1)?.seconds ?? 0) / 60).toFixed(0);
  const remains = [
    'rooms',
    'participants',
    'transports',
    'native_objects',
    'sockets',
    'subscriptions',
  ].filter((name) => left[name] !== 0);
  if (samples.length > 0) process.stdout.write(`${formatTrends(trends)}\n`);
  const flat = trends.every((trend) => trend.flat);
  const verdict = samples.length === 0 ? 'not watched' : flat ? 'flat' : 'NOT FLAT';
  const whole = totals !== undefined && totals.failures === 0 && totals.dropped === 0;
  process.stdout.write(
    `${minutes} minutes, ${wish.calls} calls: ${verdict}; ${JSON.stringify(totals)}; ` +
      `left behind: ${remains.map((name) => `${name} ${left[name]}`).join(', ') || 'nothing'}\n`,
  );
  return flat && whole && remains.length === 0 ? 0 : 1;
}
