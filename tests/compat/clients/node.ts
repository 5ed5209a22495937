import './quiet.ts';
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  ConnectionQuality,
  DataPacketKind,
  DisconnectReason,
  LocalAudioTrack,
  type LocalTrackPublication,
  LocalVideoTrack,
  type Participant,
  type RemoteTrack,
  Room,
  RoomEvent,
  type RoomOptions,
  TrackKind,
  type TrackPublication,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  type VideoCodec,
  VideoFrame,
  VideoSource,
  VideoStream,
} from '@livekit/rtc-node';
import { EventLog, until } from '../waiting.ts';

const sources: Readonly<Record<number, string>> = {
  [TrackSource.SOURCE_UNKNOWN]: 'unknown',
  [TrackSource.SOURCE_CAMERA]: 'camera',
  [TrackSource.SOURCE_MICROPHONE]: 'microphone',
  [TrackSource.SOURCE_SCREENSHARE]: 'screen_share',
  [TrackSource.SOURCE_SCREENSHARE_AUDIO]: 'screen_share_audio',
};

const sampleRate = 48_000;
const samplesPerFrame = 480;
const usualLoudness = 8_000;

/** @livekit/rtc-node: LiveKit's native client, with made-up media and without decoding what nobody looks at. */
export class NodeClient {
  readonly room = new Room();
  readonly log = new EventLog();
  readonly #stops: (() => void)[] = [];
  #hushed = false;
  /** Tracks now subscribed to, by sid. */
  readonly tracks = new Map<string, RemoteTrack>();

  constructor() {
    this.#listen();
  }

  async connect(url: string, token: string, options: Partial<RoomOptions> = {}): Promise<void> {
    await this.room.connect(url, token, { autoSubscribe: true, dynacast: false, ...options });
  }

  get me() {
    const participant = this.room.localParticipant;
    if (participant === undefined) throw new Error('not connected');
    return participant;
  }

  /** Somebody else in the room, once they are seen. */
  seen(identity: string, fits: (participant: Participant) => boolean = () => true): Promise<Participant> {
    return until(`${identity} being there`, () => {
      const found = this.room.remoteParticipants.get(identity);
      return found !== undefined && fits(found) ? found : null;
    });
  }

  async publishVideo({
    width = 320,
    height = 180,
    codec,
    simulcast = false,
    source = TrackSource.SOURCE_CAMERA,
    name = 'camera',
  }: {
    readonly width?: number;
    readonly height?: number;
    readonly codec?: VideoCodec;
    readonly simulcast?: boolean;
    readonly source?: TrackSource;
    readonly name?: string;
  } = {}): Promise<LocalTrackPublication> {
    const video = new VideoSource(width, height);
    const track = LocalVideoTrack.createVideoTrack(name, video);
    const pixels = new Uint8Array((width * height * 3) / 2).fill(128);
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      for (let y = 0; y < height; y += 1)
        pixels.fill(16 + ((y + count * 3) % 200), y * width, y * width + width / 2);
      video.captureFrame(new VideoFrame(pixels, width, height, VideoBufferType.I420));
    }, 66);
    this.#stops.push(() => clearInterval(timer));
    return this.me.publishTrack(
      track,
      new TrackPublishOptions({ source, simulcast, ...(codec === undefined ? {} : { videoCodec: codec }) }),
    );
  }

  /** A tone as loud as its samples' greatest value; 0 is silence. */
  async publishAudio({
    hertz = 440,
    loudness = usualLoudness,
    source = TrackSource.SOURCE_MICROPHONE,
    name = 'microphone',
  }: {
    readonly hertz?: number;
    readonly loudness?: number;
    readonly source?: TrackSource;
    readonly name?: string;
  } = {}): Promise<LocalTrackPublication> {
    const audio = new AudioSource(sampleRate, 1);
    const track = LocalAudioTrack.createAudioTrack(name, audio);
    const publication = await this.me.publishTrack(track, new TrackPublishOptions({ source }));
    let stopped = false;
    this.#stops.push(() => {
      stopped = true;
    });
    const play = async () => {
      for (let sample = 0; !stopped; sample += samplesPerFrame) {
        const tone = Int16Array.from({ length: samplesPerFrame }, (_, at) =>
          this.#hushed
            ? 0
            : Math.round(loudness * Math.sin((2 * Math.PI * hertz * (sample + at)) / sampleRate)),
        );
        await audio.captureFrame(new AudioFrame(tone, sampleRate, 1, samplesPerFrame));
      }
    };
    play().catch(() => undefined);
    return publication;
  }

  /** All that is published goes silent, and goes on. */
  hush(): void {
    this.#hushed = true;
  }

  publication(identity: string, source: string, fits: (track: TrackPublication) => boolean = () => true) {
    return until(`${source} of ${identity}`, () => {
      const participant = this.room.remoteParticipants.get(identity);
      for (const found of participant?.trackPublications.values() ?? [])
        if (sourceOf(found) === source && fits(found)) return found;
      return null;
    });
  }

  /** The first frame of video that is decoded from now on. */
  async frame(
    identity: string,
    source = 'camera',
  ): Promise<{ readonly width: number; readonly height: number }> {
    const track = await this.#subscribed(identity, source);
    const stream = new VideoStream(track);
    const reader = stream.getReader();
    try {
      const { value, done } = await reader.read();
      if (done || value === undefined) throw new Error(`no frame of ${identity}`);
      return { width: value.frame.width, height: value.frame.height };
    } finally {
      reader.releaseLock();
      await stream.cancel();
    }
  }

  /** Resolves when something louder than silence is heard. */
  async sound(identity: string, source = 'microphone'): Promise<void> {
    const track = await this.#subscribed(identity, source);
    const stream = new AudioStream(track, sampleRate, 1);
    const reader = stream.getReader();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done || value === undefined) throw new Error(`no sound of ${identity}`);
        if (value.data.some((sample) => Math.abs(sample) > usualLoudness / 8)) return;
      }
    } finally {
      reader.releaseLock();
      await stream.cancel();
    }
  }

  /** Stops made-up media and leaves. */
  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.room.disconnect().catch(() => undefined);
  }

  async #subscribed(identity: string, source: string): Promise<RemoteTrack> {
    const publication = await this.publication(identity, source, (one) => this.tracks.has(one.sid ?? ''));
    const track = this.tracks.get(publication.sid ?? '');
    if (track === undefined) throw new Error(`${source} of ${identity} is not subscribed to`);
    return track;
  }

  #listen(): void {
    const tell = (event: string, details: Readonly<Record<string, unknown>> = {}) =>
      this.log.add({ ...details, event });
    const ofTrack = (publication: TrackPublication, participant: Participant) => ({
      identity: participant.identity,
      source: sourceOf(publication),
      sid: publication.sid,
    });
    this.room
      .on(RoomEvent.Connected, () => tell('connected'))
      .on(RoomEvent.Reconnecting, () => tell('reconnecting'))
      .on(RoomEvent.Reconnected, () => tell('reconnected'))
      .on(RoomEvent.Disconnected, (reason) => tell('disconnected', { reason: DisconnectReason[reason] }))
      .on(RoomEvent.ParticipantConnected, ({ identity }) => tell('participantConnected', { identity }))
      .on(RoomEvent.ParticipantDisconnected, ({ identity, disconnectReason }) =>
        tell('participantDisconnected', {
          identity,
          reason: disconnectReason === undefined ? null : DisconnectReason[disconnectReason],
        }),
      )
      .on(RoomEvent.TrackPublished, (one, by) => tell('trackPublished', ofTrack(one, by)))
      .on(RoomEvent.TrackUnpublished, (one, by) => tell('trackUnpublished', ofTrack(one, by)))
      .on(RoomEvent.TrackSubscribed, (track, one, by) => {
        this.tracks.set(one.sid ?? '', track);
        tell('trackSubscribed', { ...ofTrack(one, by), kind: TrackKind[track.kind ?? 0] });
      })
      .on(RoomEvent.TrackUnsubscribed, (_, one, by) => {
        this.tracks.delete(one.sid ?? '');
        tell('trackUnsubscribed', ofTrack(one, by));
      })
      .on(RoomEvent.TrackSubscriptionFailed, (sid, { identity }, reason) =>
        tell('trackSubscriptionFailed', { sid, identity, reason }),
      )
      .on(RoomEvent.TrackMuted, (one, by) => tell('trackMuted', ofTrack(one, by)))
      .on(RoomEvent.TrackUnmuted, (one, by) => tell('trackUnmuted', ofTrack(one, by)))
      .on(RoomEvent.LocalTrackSubscribed, ({ sid }) => tell('localTrackSubscribed', { sid }))
      .on(RoomEvent.LocalTrackUnpublished, (one) => tell('localTrackUnpublished', { source: sourceOf(one) }))
      .on(RoomEvent.ActiveSpeakersChanged, (speakers) =>
        tell('activeSpeakersChanged', { identities: speakers.map(({ identity }) => identity) }),
      )
      .on(RoomEvent.RoomMetadataChanged, (metadata) => tell('roomMetadataChanged', { metadata }))
      .on(RoomEvent.ParticipantMetadataChanged, (_, { identity, metadata }) =>
        tell('participantMetadataChanged', { identity, metadata }),
      )
      .on(RoomEvent.ParticipantNameChanged, (name, { identity }) =>
        tell('participantNameChanged', { identity, name }),
      )
      .on(RoomEvent.ParticipantAttributesChanged, (changed, { identity }) =>
        tell('participantAttributesChanged', { identity, changed }),
      )
      .on(RoomEvent.ConnectionQualityChanged, (quality, { identity }) =>
        tell('connectionQualityChanged', { identity, quality: ConnectionQuality[quality] }),
      )
      .on(RoomEvent.DataReceived, (payload, from, kind, topic) =>
        tell('dataReceived', {
          text: new TextDecoder().decode(payload),
          bytes: payload.length,
          identity: from?.identity ?? null,
          kind: kind === DataPacketKind.KIND_LOSSY ? 'lossy' : 'reliable',
          topic: topic ?? null,
        }),
      );
  }
}

// The native client tells of its own tracks after it forgot them.
function sourceOf(publication: TrackPublication | undefined): string {
  return sources[publication?.source ?? TrackSource.SOURCE_UNKNOWN] ?? 'unknown';
}
