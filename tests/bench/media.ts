import { loadavg } from 'node:os';
import { prepareLivekit } from '../compat/targets/livekit.ts';
import { prepareOurs } from '../compat/targets/ours.ts';
import type { Target } from '../compat/targets/target.ts';
import { type LoadSummary, runCalls, summarize, usualLoad } from '../load/call-load.ts';
import { median } from './rounds.ts';
import { type Row, toRow } from './table.ts';

/** Less than this is told apart by chance: a single burst on a busy machine, on either side. */
const lossFloor = 0.001;

/**
 * Twenty one-to-one calls for two minutes on ours and on a real LiveKit, one after the other: at the same time they would
 * take the processor from each other. With more rounds each second one goes the other way around.
 *
 * @returns no rows where there is no LiveKit to compare with; `tell` then hears why and what helps
 */
export async function benchMedia(tell: (line: string) => void, rounds = 1): Promise<Row[]> {
  const livekit = await prepareLivekit(tell);
  if (livekit === null) {
    tell(
      'media is left out: install Go (https://go.dev/dl) and run again; LiveKit is then compiled for it once',
    );
    return [];
  }
  const ours = await prepareOurs();
  const seen = { ours: [] as LoadSummary[], livekit: [] as LoadSummary[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const target of round % 2 === 0 ? [livekit, ours] : [ours, livekit])
      seen[target.name].push(await measure(target, tell));
  }
  if (seen.livekit.some((summary) => staying(summary) < summary.participants))
    tell('LiveKit itself did not keep everybody: this machine had too much else to do for a fair comparison');
  return toRows(seen.ours, seen.livekit);
}

function staying({ participants, failed, dropped }: LoadSummary): number {
  return participants - failed - dropped;
}

async function measure(target: Target, tell: (line: string) => void): Promise<LoadSummary> {
  const before = loadavg()[0]?.toFixed(1);
  const server = await target.start();
  try {
    const load = await runCalls(server, usualLoad);
    const summary = summarize(load, usualLoad);
    const clients = load.crowds.reduce((sum, { cores }) => sum + cores, 0).toFixed(2);
    const late = Math.max(...load.crowds.map(({ delayP99Ms }) => delayP99Ms)).toFixed(0);
    tell(
      `${target.title}: ${summary.participants - summary.failed} joined, ${summary.dropped} dropped, ` +
        `${summary.reconnections} reconnections; of ${summary.packets} media packets ` +
        `${(summary.mediaLoss * 100).toFixed(3)} % lost, ${summary.nacks} asked for again; ` +
        `${summary.freezes} freezes; the clients took ${clients} cores and were ${late} ms late (p99); ` +
        `load average ${before} before, ${load.loadAverage.toFixed(1)} at the end`,
    );
    const reasons = load.reports.flatMap(({ failure, dropped }) => [failure ?? [], dropped].flat());
    for (const reason of new Set(reasons))
      tell(`  ${reasons.filter((one) => one === reason).length} × ${reason}`);
    return summary;
  } finally {
    await server.stop();
  }
}

function toRows(ours: readonly LoadSummary[], livekit: readonly LoadSummary[]): Row[] {
  const of = (figure: (summary: LoadSummary) => number) => ({
    ours: median(ours.map(figure)),
    baseline: median(livekit.map(figure)),
  });
  const loss = (figure: (summary: LoadSummary) => number) =>
    of((summary) => Math.max(lossFloor, figure(summary)) * 100);
  const atMost = { atMost: 1.5 };
  // Everybody has to, however LiveKit fares.
  const whole = {
    ours: Math.min(...ours.map(staying)),
    baseline: Math.max(...ours.map(({ participants }) => participants)),
  };
  return [
    toRow('20 calls: were in them to the end', 'people', whole, { atLeast: 1 }),
    toRow(
      '20 calls: join, p50',
      'ms',
      of(({ connectMs }) => connectMs.p50),
      null,
    ),
    toRow(
      '20 calls: join, p95',
      'ms',
      of(({ connectMs }) => connectMs.p95),
      atMost,
    ),
    toRow(
      '20 calls: to the first picture, p50',
      'ms',
      of(({ pictureMs }) => pictureMs.p50),
      null,
    ),
    toRow(
      '20 calls: to the first picture, p95',
      'ms',
      of(({ pictureMs }) => pictureMs.p95),
      null,
    ),
    toRow(
      '20 calls: media lost, 0.1 % and less as 0.1',
      '%',
      loss(({ mediaLoss }) => mediaLoss),
      atMost,
    ),
    toRow(
      '20 calls: data lost, 0.1 % and less as 0.1',
      '%',
      loss(({ dataLoss }) => dataLoss),
      atMost,
    ),
    toRow(
      '20 calls: delay of a media packet, p50',
      'ms',
      of((one) => one.packetDelayMs.p50),
      null,
    ),
    toRow(
      '20 calls: delay of a media packet, p95',
      'ms',
      of((one) => one.packetDelayMs.p95),
      null,
    ),
    toRow(
      '20 calls: delay of a data packet, p50',
      'ms',
      of((one) => one.dataDelayMs.p50),
      null,
    ),
    toRow(
      '20 calls: delay of a data packet, p95',
      'ms',
      of((one) => one.dataDelayMs.p95),
      null,
    ),
    toRow(
      '20 calls: processor for one call',
      '% of a core',
      of(({ cpuPerCall }) => cpuPerCall * 100),
      null,
    ),
    toRow(
      '20 calls: memory, peak',
      'MB',
      of(({ peakBytes }) => peakBytes / 1e6),
      null,
    ),
  ];
}
