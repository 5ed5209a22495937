import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '../compat/targets/target.ts';
import { Crowd } from './crowd.ts';
import { quantile } from './figures.ts';
import { joinToken } from './join-token.ts';
import { MediaProbe, type ProbeReport } from './media-probe.ts';
import type { MediaPlan, MemberReport, ReceivedMedia } from './messages.ts';
import { readUsage } from './usage.ts';

/**
 * A small picture without layers from both, speech from one of the two at a time, and a few words of data. A call with a
 * picture of 320 by 180 at 15 frames a second and with speech from both takes the official client a quarter of a core,
 * and a server some hundredths: forty such clients would leave a machine of two cores nothing for the server, and one
 * that is starved by its clients tells nothing, whichever it is. Joins, packets and connections are what a server pays
 * for; the size of a picture it hardly notices.
 */
export const usualMedia: MediaPlan = {
  video: { width: 160, height: 90, framesPerSecond: 10, simulcast: false, bitsPerSecond: 50_000 },
  audio: true,
  dataPerSecond: 2,
};

/** Each participant hears of everything that happens in its process: what they cost grows with their square. */
const crowdsPerSide = 2;
/** One call after the other, so that neither server's limit of joins from one address is what is measured. */
const betweenCallsMs = 500;
const headStartMs = 300;

export interface CallLoadPlan {
  readonly calls: number;
  /** From the moment at which everybody is in a call. */
  readonly seconds: number;
  readonly media: MediaPlan;
  /** How many of the two in a call have their sound on, where there is any. */
  readonly speakers: 1 | 2;
}

export const usualLoad: CallLoadPlan = { calls: 20, seconds: 120, media: usualMedia, speakers: 1 };

export interface CallLoad {
  readonly reports: readonly MemberReport[];
  readonly probe: ProbeReport;
  readonly server: {
    /** Processors' time over time, while all calls run. */
    readonly cores: number;
    readonly residentBytes: number;
    readonly peakBytes: number;
  };
  /** Of each process of participants: what the load itself takes, and whether it came late. */
  readonly crowds: readonly { readonly cores: number; readonly delayP99Ms: number }[];
  /** Of the whole machine over the last minute, at the end. */
  readonly loadAverage: number;
}

/** The two sides of each call in different processes, all calls at once; ends after at most a minute and a half more than the plan says. */
export async function runCalls(server: RunningServer, plan: CallLoadPlan): Promise<CallLoad> {
  const crowds = await Promise.all(Array.from({ length: 2 * crowdsPerSide }, () => Crowd.start()));
  let probe: MediaProbe | null = null;
  try {
    const startNs = process.hrtime.bigint() + BigInt(headStartMs * 1_000_000);
    const members = await Promise.all(
      Array.from({ length: 2 * plan.calls }, async (_, number) => {
        const [call, side] = [Math.floor(number / 2), number % 2];
        const crowd = crowds[side * crowdsPerSide + (call % crowdsPerSide)];
        if (crowd === undefined) throw new Error('nobody to join');
        const identity = `side-${side}-${call}`;
        const media = { ...plan.media, audio: plan.media.audio && side < plan.speakers };
        const token = await joinToken(`call-${call}`, identity);
        const joinAtNs = String(startNs + BigInt(call * betweenCallsMs * 1_000_000));
        return { crowd, plan: { identity, url: server.url, token, joinAtNs, media } };
      }),
    );
    await Promise.all(members.map(({ crowd, plan: member }) => crowd.join(member)));
    probe = await MediaProbe.start(server.url);
    await Promise.all(crowds.map((crowd) => crowd.measure()));
    probe.take();
    const before = await readUsage(server.pid);
    const beganMs = performance.now();
    await delay(plan.seconds * 1000);
    const after = await readUsage(server.pid);
    const probed = probe.take();
    const cores = (after.cpuSeconds - before.cpuSeconds) / ((performance.now() - beganMs) / 1000);
    const measured = await Promise.all(crowds.map((crowd) => crowd.measure()));
    const [loadAverage = Number.NaN] = loadavg();
    const reports = await Promise.all(members.map(({ crowd, plan: { identity } }) => crowd.finish(identity)));
    const { residentBytes, peakBytes } = after;
    return {
      reports,
      probe: probed,
      server: { cores, residentBytes, peakBytes },
      crowds: measured,
      loadAverage,
    };
  } finally {
    await probe?.close();
    await Promise.all(crowds.map((crowd) => crowd.close()));
  }
}

/** One line of figures for everybody together. Times in milliseconds, losses as shares. */
export interface LoadSummary {
  readonly participants: number;
  readonly failed: number;
  readonly dropped: number;
  readonly reconnections: number;
  readonly connectMs: Spread;
  readonly pictureMs: Spread;
  /** Of the probe's sound packets, through the server and nothing else. */
  readonly packetDelayMs: Spread;
  /** Of data from client to client. */
  readonly dataDelayMs: Spread;
  readonly mediaLoss: number;
  readonly dataLoss: number;
  readonly packets: number;
  readonly nacks: number;
  readonly framesPerSecond: number;
  readonly freezes: number;
  readonly cpuPerCall: number;
  readonly residentBytes: number;
  readonly peakBytes: number;
}

interface Spread {
  readonly p50: number;
  readonly p95: number;
}

export function summarize(
  { reports, probe, server }: CallLoad,
  { calls, seconds }: CallLoadPlan,
): LoadSummary {
  const spread = (figures: readonly number[]): Spread => ({
    p50: quantile(figures, 0.5),
    p95: quantile(figures, 0.95),
  });
  const sum = (of: (report: MemberReport) => number) => reports.reduce((total, one) => total + of(one), 0);
  const ofMedia = (of: (media: ReceivedMedia) => number) =>
    sum(({ audio, video }) => (audio === null ? 0 : of(audio)) + (video === null ? 0 : of(video)));
  const packets = ofMedia((media) => media.packets);
  const lost = ofMedia((media) => Math.max(0, media.lost));
  const dataLost = sum(({ data }) => data.lost);
  return {
    participants: reports.length,
    failed: reports.filter(({ failure }) => failure !== null).length,
    dropped: reports.filter(({ dropped }) => dropped.length > 0).length,
    reconnections: sum(({ reconnections }) => reconnections),
    connectMs: spread(reports.flatMap(({ connectMs }) => connectMs ?? [])),
    pictureMs: spread(reports.flatMap(({ pictureMs }) => pictureMs ?? [])),
    packetDelayMs: spread(probe.delaysMs),
    dataDelayMs: spread(reports.flatMap(({ data }) => data.delaysMs)),
    mediaLoss: lost / (lost + packets),
    dataLoss: dataLost / (dataLost + sum(({ data }) => data.received)),
    packets,
    nacks: ofMedia((media) => media.nacks),
    framesPerSecond: sum(({ video }) => video?.frames ?? 0) / reports.length / seconds,
    freezes: sum(({ video }) => video?.freezes ?? 0),
    cpuPerCall: server.cores / calls,
    residentBytes: server.residentBytes,
    peakBytes: server.peakBytes,
  };
}
