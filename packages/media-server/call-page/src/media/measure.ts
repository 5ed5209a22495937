import type { Diagnostics } from '@naer/core/contract/call-page';
import type { StatsEntry, TrackStats } from './room.ts';
import type { Quality } from './state.ts';

type Codec = Diagnostics['codecs'][number];
const codecs: readonly Codec[] = ['vp8', 'vp9', 'h264', 'av1', 'opus', 'red'];

/** What has arrived of one sound or picture since it began. */
export interface Arrived {
  readonly bytes: number;
  /** Decoded frames of a picture, played samples of a sound: what stands still while bytes come cannot be decoded. */
  readonly decoded: number;
}

/** One look at the connection. */
export interface Measure {
  readonly roundTripMs: number | null;
  /** 0 to 100, of what was under way since the look before, in the worse direction. */
  readonly lossPercent: number | null;
  readonly codecs: readonly Codec[];
  /** By `identity kind`. */
  readonly arrived: ReadonlyMap<string, Arrived>;
  readonly packets: { readonly received: number; readonly lost: number };
}

/** Beyond what counts exactly nothing was counted: sums of such numbers would be no numbers any more. */
const number = (value: unknown): number =>
  typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : 0;

/** Reads what the browser counts (W3C webrtc-stats); what a browser does not count stays null. */
export function measure(tracks: readonly TrackStats[], before: Measure | null): Measure {
  const entries = tracks.flatMap((track) => track.entries);
  const inbound = entries.filter(({ type }) => type === 'inbound-rtp');
  const remote = entries.filter(({ type }) => type === 'remote-inbound-rtp');
  const packets = {
    received: sum(inbound, 'packetsReceived'),
    lost: sum(inbound, 'packetsLost'),
  };
  // Counters begin anew with a connection.
  const isLater = before !== null && packets.received >= before.packets.received;
  const received = packets.received - (isLater ? before.packets.received : 0);
  const lost = Math.max(0, packets.lost - (isLater ? before.packets.lost : 0));
  const losses = [
    ...(received + lost > 0 ? [(100 * lost) / (received + lost)] : []),
    ...remote
      .filter(({ fractionLost }) => typeof fractionLost === 'number')
      .map(({ fractionLost }) => number(fractionLost) * 100),
  ];
  return {
    roundTripMs: roundTrip(entries, remote),
    lossPercent: losses.length === 0 ? null : Math.min(100, Math.round(Math.max(...losses) * 10) / 10),
    codecs: codecs.filter((codec) =>
      entries.some(
        ({ type, mimeType }) =>
          type === 'codec' && typeof mimeType === 'string' && mimeType.toLowerCase().endsWith(`/${codec}`),
      ),
    ),
    arrived: new Map(
      tracks
        .filter(({ identity }) => identity !== null)
        .map((track) => [`${track.identity} ${track.kind}`, arrivedOf(track)]),
    ),
    packets,
  };
}

function arrivedOf({ kind, entries }: TrackStats): Arrived {
  const inbound = entries.filter(({ type }) => type === 'inbound-rtp');
  return {
    bytes: sum(inbound, 'bytesReceived'),
    decoded:
      kind === 'video'
        ? sum(inbound, 'framesDecoded')
        : sum(inbound, 'totalSamplesReceived') - sum(inbound, 'concealedSamples'),
  };
}

function roundTrip(entries: readonly StatsEntry[], remote: readonly StatsEntry[]): number | null {
  const seconds = [
    ...entries
      .filter(({ type, state }) => type === 'candidate-pair' && state === 'succeeded')
      .map(({ currentRoundTripTime }) => number(currentRoundTripTime)),
    ...remote.map(({ roundTripTime }) => number(roundTripTime)),
  ].filter((value) => value > 0);
  return seconds.length === 0 ? null : Math.min(60_000, Math.round(Math.min(...seconds) * 1000));
}

const sum = (entries: readonly StatsEntry[], member: string): number =>
  entries.reduce((total, entry) => total + number(entry[member]), 0);

const order: readonly Quality[] = ['good', 'unsteady', 'poor', 'lost'];

export const worseOf = (a: Quality, b: Quality): Quality => (order.indexOf(a) > order.indexOf(b) ? a : b);

/**
 * In words, by what people notice: from some 3 % of loss or 300 ms sound begins to limp, from 10 % or 800 ms talking is work
 * (ITU-T G.114 calls 400 ms one way the limit of what can be planned for).
 */
export function qualityOf({
  roundTripMs,
  lossPercent,
}: Pick<Measure, 'roundTripMs' | 'lossPercent'>): Quality {
  const loss = lossPercent ?? 0;
  const delay = roundTripMs ?? 0;
  if (loss >= 10 || delay >= 800) return 'poor';
  return loss >= 3 || delay >= 300 ? 'unsteady' : 'good';
}
