import type { CallEncryption } from '@naer/core/contract/call-codes';
import {
  AudioPresets,
  CryptorErrorReason,
  LocalVideoTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  Track,
  VideoPresets,
} from 'livekit-client';
import type { Bytes } from '../keys/bytes.ts';
import { canEncrypt } from '../keys/can-encrypt.ts';
import { CallKeyProvider } from '../keys/key-provider.ts';
import { ends, ownView, qualities, stateOf, trackView } from './livekit-views.ts';
import {
  type MediaRoom,
  type OtherView,
  type RoomEvents,
  RoomFailure,
  type RoomView,
  type StatsEntry,
  type TrackStats,
} from './room.ts';
import type { PictureSource } from './state.ts';

/** Lines of chat, and words of pages that look at the weekly plan together. */
const chatTopic = 'naer.chat';
const planTopic = 'naer.plan';

/** 720p is what a face needs; what the other side's window does not need is not sent (adaptive stream, dynacast). */
const cameraWish = { resolution: VideoPresets.h720.resolution };

/** A call over livekit-client. */
export class LiveKitRoom implements MediaRoom {
  readonly #room: Room;
  readonly #keys: CallKeyProvider | null;
  readonly #worker: Worker | null;
  /** Own elements: the library's are taken from a pool and may belong to somebody else a moment later. */
  readonly #sounds = new Map<string, { track: RemoteTrack; element: HTMLMediaElement }>();
  #signalled = false;
  /** Goes of its own accord, to come in anew. */
  #leaving = false;

  constructor() {
    const encrypts = canEncrypt();
    this.#worker = encrypts
      ? new Worker(new URL('../keys/encryption-worker.ts', import.meta.url), { type: 'module' })
      : null;
    this.#keys = encrypts ? new CallKeyProvider() : null;
    const { resolution, encoding } = VideoPresets.h720;
    this.#room = new Room({
      adaptiveStream: true,
      dynacast: true,
      // A closed tab is told by `close`. The library would also leave on `beforeunload`, which a link to the telephone fires.
      disconnectOnPageLeave: false,
      videoCaptureDefaults: { resolution },
      audioCaptureDefaults: {
        channelCount: 1,
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
      },
      publishDefaults: {
        videoCodec: 'vp8',
        videoEncoding: encoding,
        simulcast: true,
        audioPreset: AudioPresets.speech,
        forceStereo: false,
        dtx: true,
        // Doubled sound outlives lost packets. The library leaves it off by itself where sound is end-to-end encrypted.
        red: true,
        // A letter is held still: sharp rather than smooth.
        screenShareEncoding: { maxBitrate: 1_500_000, maxFramerate: 5 },
      },
      ...(this.#keys !== null && this.#worker !== null
        ? { encryption: { keyProvider: this.#keys, worker: this.#worker } }
        : {}),
    });
  }

  listen(events: RoomEvents): void {
    const { changed } = events;
    for (const event of [
      RoomEvent.ConnectionStateChanged,
      RoomEvent.Reconnected,
      RoomEvent.SignalReconnecting,
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.TrackSubscribed,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted,
      RoomEvent.TrackStreamStateChanged,
      RoomEvent.LocalTrackPublished,
      RoomEvent.LocalTrackUnpublished,
      RoomEvent.ActiveSpeakersChanged,
      RoomEvent.ConnectionQualityChanged,
      RoomEvent.AudioPlaybackStatusChanged,
      RoomEvent.ParticipantEncryptionStatusChanged,
      RoomEvent.ActiveDeviceChanged,
    ] as const)
      this.#room.on(event, () => changed());
    this.#room.on(RoomEvent.SignalConnected, () => {
      this.#signalled = true;
    });
    this.#room.on(RoomEvent.Disconnected, (reason) => {
      if (!this.#leaving) events.ended((reason === undefined ? undefined : ends[reason]) ?? 'vanished');
    });
    this.#room.on(RoomEvent.EncryptionError, (error, participant) => {
      // The worker sends an error without its class; what it is stands at the beginning of its message.
      if (
        participant !== undefined &&
        error.message.startsWith(CryptorErrorReason[CryptorErrorReason.InvalidKey])
      )
        events.undecodable(participant.identity);
    });
    const hear = (topic: string, tell: (from: string, text: string) => void) =>
      this.#room.registerTextStreamHandler(topic, async (reader, { identity }) => {
        try {
          tell(identity, await reader.readAll());
        } catch {
          // It broke off with the connection: whoever wrote it is told.
        }
      });
    hear(chatTopic, (from, text) => events.text(from, text));
    hear(planTopic, (from, text) => events.plan(from, text));
  }

  async connect(url: string, token: string): Promise<void> {
    this.#signalled = false;
    try {
      await this.#room.connect(url, token, { maxRetries: 0 });
    } catch (error) {
      throw new RoomFailure(this.#signalled ? 'media' : 'signalling', error);
    }
  }

  async disconnect(): Promise<void> {
    this.#leaving = true;
    try {
      await this.#room.disconnect(true);
    } finally {
      this.#leaving = false;
    }
    this.#playSound();
  }

  read(): RoomView {
    this.#playSound();
    const { localParticipant: own, remoteParticipants } = this.#room;
    return {
      state: stateOf(this.#room.state),
      others: [...remoteParticipants.values()].map((participant): OtherView => {
        const view = (source: Track.Source) => trackView(participant.getTrackPublication(source));
        return {
          identity: participant.identity,
          camera: view(Track.Source.Camera),
          screen: view(Track.Source.ScreenShare),
          microphone: view(Track.Source.Microphone),
          speaking: participant.isSpeaking,
          quality: qualities[participant.connectionQuality],
        };
      }),
      camera: ownView(own.getTrackPublication(Track.Source.Camera)),
      microphone: ownView(own.getTrackPublication(Track.Source.Microphone)),
      screen: ownView(own.getTrackPublication(Track.Source.ScreenShare)),
      quality: qualities[own.connectionQuality],
      encrypting: this.#room.isE2EEEnabled,
      mayPlay: this.#room.canPlaybackAudio,
    };
  }

  async setCamera(
    on: boolean,
    { deviceId, facing }: { deviceId?: string | undefined; facing: 'user' | 'environment' },
  ): Promise<void> {
    await this.#room.localParticipant.setCameraEnabled(on, {
      ...cameraWish,
      ...(deviceId === undefined ? { facingMode: facing } : { deviceId }),
    });
  }

  async turnCamera(facing: 'user' | 'environment'): Promise<void> {
    const track = this.#room.localParticipant.getTrackPublication(Track.Source.Camera)?.track;
    if (track instanceof LocalVideoTrack) await track.restartTrack({ ...cameraWish, facingMode: facing });
  }

  async setMicrophone(on: boolean, deviceId?: string): Promise<void> {
    await this.#room.localParticipant.setMicrophoneEnabled(on, deviceId === undefined ? {} : { deviceId });
  }

  async setSharing(on: boolean): Promise<void> {
    await this.#room.localParticipant.setScreenShareEnabled(on, {
      audio: false,
      contentHint: 'detail',
      resolution: { width: 1920, height: 1080, frameRate: 5 },
    });
  }

  async chooseDevice(kind: 'camera' | 'microphone' | 'loudspeaker', id: string): Promise<void> {
    const kinds = { camera: 'videoinput', microphone: 'audioinput', loudspeaker: 'audiooutput' } as const;
    await this.#room.switchActiveDevice(kinds[kind], id);
  }

  async setEncryption(encryption: CallEncryption): Promise<void> {
    if (this.#keys !== null) await this.#room.setE2EEEnabled(encryption === 'end-to-end');
  }

  async setKey(epoch: number, key: Bytes): Promise<void> {
    await this.#keys?.set(epoch, key);
  }

  async sendText(text: string): Promise<void> {
    await this.#room.localParticipant.sendText(text, { topic: chatTopic });
  }

  async sendPlan(text: string): Promise<void> {
    await this.#room.localParticipant.sendText(text, { topic: planTopic });
  }

  async startSound(): Promise<void> {
    await this.#room.startAudio();
  }

  show(element: HTMLVideoElement, identity: string | null, source: PictureSource): () => void {
    const participant =
      identity === null ? this.#room.localParticipant : this.#room.remoteParticipants.get(identity);
    const track = participant?.getTrackPublication(
      source === 'camera' ? Track.Source.Camera : Track.Source.ScreenShare,
    )?.track;
    if (track === undefined) return () => {};
    element.playsInline = true;
    element.muted = true;
    track.attach(element);
    return () => {
      track.detach(element);
    };
  }

  async stats(): Promise<readonly TrackStats[]> {
    const { localParticipant, remoteParticipants } = this.#room;
    const all = [localParticipant, ...remoteParticipants.values()].flatMap((participant) =>
      [...participant.trackPublications.values()].map(async ({ track }): Promise<TrackStats[]> => {
        const report = await track?.getRTCStatsReport();
        if (track === undefined || report === undefined) return [];
        const entries: StatsEntry[] = [];
        report.forEach((entry: StatsEntry) => {
          entries.push(entry);
        });
        return [
          {
            identity: participant === localParticipant ? null : participant.identity,
            kind: track.kind === Track.Kind.Video ? 'video' : 'audio',
            entries,
          },
        ];
      }),
    );
    return (await Promise.all(all)).flat();
  }

  close(): void {
    // Sends "leave" at once, which a page that is going away still can.
    void this.#room.disconnect(true);
    for (const id of [...this.#sounds.keys()]) this.#silence(id);
    this.#worker?.terminate();
  }

  /** Every sound that has come gets an element of its own, and none keeps one that has gone. */
  #playSound(): void {
    const heard = new Map<string, RemoteTrack>();
    for (const participant of this.#room.remoteParticipants.values())
      for (const { track } of participant.trackPublications.values())
        if (track?.kind === Track.Kind.Audio) heard.set(track.mediaStreamTrack.id, track);
    for (const [id, sound] of this.#sounds) if (heard.get(id) !== sound.track) this.#silence(id);
    for (const [id, track] of heard) {
      if (this.#sounds.has(id)) continue;
      const element = document.createElement('audio');
      element.autoplay = true;
      element.hidden = true;
      document.body.append(element);
      this.#sounds.set(id, { track, element });
      track.attach(element);
    }
  }

  #silence(id: string): void {
    const sound = this.#sounds.get(id);
    if (sound === undefined) return;
    this.#sounds.delete(id);
    sound.track.detach(sound.element);
    sound.element.remove();
  }
}
