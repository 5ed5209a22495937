import '../compat/clients/quiet.ts';
import {
  AudioFrame,
  AudioSource,
  DisconnectReason,
  LocalAudioTrack,
  LocalVideoTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoCodec,
  VideoFrame,
  VideoSource,
  VideoStream,
} from '@livekit/rtc-node';
import { within } from '../compat/waiting.ts';
import type { MediaPlan, MemberPlan, MemberReport, ReceivedMedia } from './messages.ts';

const joinLimitMs = 30_000;
const leaveLimitMs = 10_000;
const sampleRate = 48_000;
/** Few and large pieces: a hundred calls a second into the native library for everybody would be a load of its own. */
const samplesPerPiece = sampleRate / 2;
const queueMs = 1000;
const dataBytes = 100;

/** 440 Hz fit half a second without a seam. */
const tone = Int16Array.from({ length: samplesPerPiece }, (_, at) =>
  Math.round(6000 * Math.sin((2 * Math.PI * 440 * at) / sampleRate)),
);

/** Pictures that differ, made once for everybody: what moves is what an encoder has to do with. */
const pictures = new Map<string, readonly Uint8Array[]>();
function picturesOf(width: number, height: number): readonly Uint8Array[] {
  const key = `${width}x${height}`;
  const made =
    pictures.get(key) ??
    Array.from({ length: 15 }, (_, count) => {
      const pixels = new Uint8Array((width * height * 3) / 2).fill(128);
      for (let y = 0; y < height; y += 1)
        pixels.fill(16 + ((y + count * 13) % 200), y * width, y * width + width / 2);
      return pixels;
    });
  pictures.set(key, made);
  return made;
}

/** A participant as an official client is, from connect() until it has left. Owns the room and what it publishes. */
export class Member {
  readonly identity: string;
  /** Resolves with null once connected and with a picture of the other one; otherwise with why it is not. */
  readonly settled: Promise<string | null>;
  readonly #room = new Room();
  readonly #plan: MemberPlan;
  readonly #stops: (() => void)[] = [];
  readonly #dropped: string[] = [];
  readonly #delaysMs: number[] = [];
  readonly #picture = Promise.withResolvers<void>();
  #startedMs = 0;
  #connectMs: number | null = null;
  #pictureMs: number | null = null;
  #failure: string | null = null;
  #reconnections = 0;
  #firstNumber: number | null = null;
  #lastNumber = 0;
  #leaving = false;
  /** The last piece of sound being taken. */
  #playing: Promise<void> = Promise.resolve();

  constructor(plan: MemberPlan) {
    this.identity = plan.identity;
    this.#plan = plan;
    this.#picture.promise.catch(() => undefined);
    this.#listen();
    this.settled = within('joining', joinLimitMs, this.#join()).then(
      () => null,
      (error: unknown) => {
        this.#failure = String(error);
        return this.#failure;
      },
    );
  }

  /** Sends nothing more, and tells what was seen. Never throws. While the other one is there: who leaves takes its statistics along. */
  async finish(): Promise<MemberReport> {
    await this.settled;
    this.#leaving = true;
    for (const stop of this.#stops.splice(0)) stop();
    const stats = await within('statistics', leaveLimitMs, this.#readStats()).catch(() => null);
    const received = this.#delaysMs.length;
    return {
      identity: this.identity,
      failure: this.#failure,
      connectMs: this.#connectMs,
      pictureMs: this.#pictureMs,
      dropped: this.#dropped,
      reconnections: this.#reconnections,
      audio: stats?.audio ?? null,
      video: stats?.video ?? null,
      data: {
        received,
        lost: this.#firstNumber === null ? 0 : this.#lastNumber - this.#firstNumber + 1 - received,
        delaysMs: this.#delaysMs,
      },
    };
  }

  /** Never throws. */
  async leave(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#leaving = true;
    await within('the last sound', leaveLimitMs, this.#playing).catch(() => undefined);
    await within('leaving', leaveLimitMs, this.#room.disconnect()).catch(() => undefined);
  }

  async #join(): Promise<void> {
    const { url, token, joinAtNs, media } = this.#plan;
    const waitMs = Number(BigInt(joinAtNs) - process.hrtime.bigint()) / 1e6;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#startedMs = performance.now();
    await this.#room.connect(url, token, { autoSubscribe: true, dynacast: false });
    this.#connectMs = performance.now() - this.#startedMs;
    await Promise.all([
      media.audio ? this.#publishAudio() : null,
      media.video === null ? null : this.#publishVideo(media.video),
    ]);
    this.#publishData(media.dataPerSecond);
    if (media.video !== null) await this.#picture.promise;
  }

  get #me() {
    const me = this.#room.localParticipant;
    if (me === undefined) throw new Error('not connected');
    return me;
  }

  async #publishAudio(): Promise<void> {
    const source = new AudioSource(sampleRate, 1, queueMs);
    const track = LocalAudioTrack.createAudioTrack('microphone', source);
    await this.#me.publishTrack(track, new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }));
    let stopped = false;
    this.#stops.push(() => {
      stopped = true;
    });
    const play = async () => {
      while (!stopped) await source.captureFrame(new AudioFrame(tone, sampleRate, 1, samplesPerPiece));
    };
    this.#playing = play().catch(() => undefined);
  }

  async #publishVideo(video: NonNullable<MediaPlan['video']>): Promise<void> {
    const { width, height, framesPerSecond } = video;
    const source = new VideoSource(width, height);
    const track = LocalVideoTrack.createVideoTrack('camera', source);
    const frames = picturesOf(width, height).map(
      (pixels) => new VideoFrame(pixels, width, height, VideoBufferType.I420),
    );
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      const frame = frames[count % frames.length];
      if (frame !== undefined) source.captureFrame(frame);
    }, 1000 / framesPerSecond);
    this.#stops.push(() => clearInterval(timer));
    await this.#me.publishTrack(
      track,
      new TrackPublishOptions({
        source: TrackSource.SOURCE_CAMERA,
        simulcast: video.simulcast,
        videoCodec: VideoCodec.VP8,
        videoEncoding: { maxBitrate: BigInt(video.bitsPerSecond), maxFramerate: framesPerSecond },
      }),
    );
  }

  #publishData(perSecond: number): void {
    if (perSecond === 0) return;
    let number = 0;
    const timer = setInterval(() => {
      // To nobody there is nothing that could be lost.
      if (this.#room.remoteParticipants.size === 0) return;
      const bytes = Buffer.alloc(dataBytes);
      bytes.writeUInt32BE(number);
      bytes.writeBigUInt64BE(process.hrtime.bigint(), 4);
      number += 1;
      this.#me.publishData(bytes, { reliable: false, topic: 'load' }).catch(() => undefined);
    }, 1000 / perSecond);
    this.#stops.push(() => clearInterval(timer));
  }

  #listen(): void {
    this.#room
      .on(RoomEvent.DataReceived, (payload) => {
        const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
        if (bytes.length !== dataBytes || this.#leaving) return;
        const number = bytes.readUInt32BE();
        this.#firstNumber ??= number;
        this.#lastNumber = Math.max(this.#lastNumber, number);
        this.#delaysMs.push(Number(process.hrtime.bigint() - bytes.readBigUInt64BE(4)) / 1e6);
      })
      .on(RoomEvent.TrackSubscribed, (track) => {
        if (track.kind === TrackKind.KIND_VIDEO && this.#pictureMs === null)
          this.#seePicture(track).catch(this.#picture.reject);
      })
      .on(RoomEvent.Reconnecting, () => {
        this.#reconnections += 1;
      })
      .on(RoomEvent.Disconnected, (reason) => {
        if (!this.#leaving) this.#dropped.push(DisconnectReason[reason] ?? String(reason));
      });
  }

  async #seePicture(track: RemoteTrack): Promise<void> {
    const stream = new VideoStream(track);
    const reader = stream.getReader();
    try {
      const { done } = await reader.read();
      if (done) throw new Error('the video ended before it began');
      this.#pictureMs ??= performance.now() - this.#startedMs;
      this.#picture.resolve();
    } finally {
      reader.releaseLock();
      await stream.cancel();
    }
  }

  async #readStats(): Promise<Pick<MemberReport, 'audio' | 'video'>> {
    const { publisherStats, subscriberStats } = await this.#room.getRtcStats();
    const seen: { audio: ReceivedMedia | null; video: MemberReport['video'] } = { audio: null, video: null };
    // Over one connection what is received is told with what is sent.
    for (const { stats } of [...subscriberStats, ...publisherStats]) {
      if (stats.case !== 'inboundRtp') continue;
      const { stream, received, inbound } = stats.value;
      const media = {
        packets: Number(received?.packetsReceived ?? 0),
        lost: Number(received?.packetsLost ?? 0),
        nacks: inbound?.nackCount ?? 0,
      };
      if (stream?.kind === 'audio') seen.audio = add(seen.audio, media);
      else if (stream?.kind === 'video')
        seen.video = {
          ...add(seen.video, media),
          frames: (seen.video?.frames ?? 0) + (inbound?.framesDecoded ?? 0),
          freezes: (seen.video?.freezes ?? 0) + (inbound?.freezeCount ?? 0),
        };
    }
    return seen;
  }
}

function add(sum: ReceivedMedia | null, more: ReceivedMedia): ReceivedMedia {
  return {
    packets: (sum?.packets ?? 0) + more.packets,
    lost: (sum?.lost ?? 0) + more.lost,
    nacks: (sum?.nacks ?? 0) + more.nacks,
  };
}
