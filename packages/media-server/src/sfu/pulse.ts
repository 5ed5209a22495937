import {
  ConnectionQualityInfo,
  ConnectionQualityUpdate,
  SpeakerInfo,
  SpeakersChanged,
} from '@livekit/protocol';
import type { Participant } from './participant.ts';
import { type Quality, qualityIntervalMs } from './quality.ts';
import { Speakers, speakerIntervalMs } from './speakers.ts';
import type { Timers } from './timers.ts';

/** What a room tells its participants again and again: who speaks, and how good the connections are. */
export class Pulse {
  readonly #participants: () => Iterable<Participant>;
  readonly #speakers = new Speakers();
  #qualities = new Map<string, Quality>();

  constructor(timers: Timers, participants: () => Iterable<Participant>) {
    this.#participants = participants;
    timers.every(speakerIntervalMs, () => this.#tellSpeakers());
    timers.every(qualityIntervalMs, () => this.#tellQualities());
  }

  /** To those who listen to them, and to themselves. */
  tellSpeaking(changes: readonly SpeakerInfo[]): void {
    if (changes.length === 0) return;
    for (const participant of this.#participants()) {
      const speakers = changes.filter(
        ({ sid }) => sid === participant.sid || participant.subscriptions.isListeningTo(sid),
      );
      if (speakers.length === 0) continue;
      participant.send({ case: 'speakersChanged', value: new SpeakersChanged({ speakers }) });
    }
  }

  /** One who begins to listen hears at once what it would have been told before; one who ends, that nobody speaks. */
  tellListener(listener: Participant, publisherSid: string, listening: boolean): void {
    const speaker = listening
      ? this.#speakers.current(publisherSid)
      : new SpeakerInfo({ sid: publisherSid, level: 0, active: false });
    if (speaker !== null) {
      listener.send({ case: 'speakersChanged', value: new SpeakersChanged({ speakers: [speaker] }) });
    }
    const quality = this.#qualities.get(publisherSid);
    if (listening && quality !== undefined) {
      const updates = [qualityInfo(publisherSid, quality)];
      listener.send({ case: 'connectionQuality', value: new ConnectionQualityUpdate({ updates }) });
    }
  }

  #tellSpeakers(): void {
    const levels = new Map<string, number>();
    for (const participant of this.#participants()) {
      if (participant.state.kind !== 'active') continue;
      let loudest = 127;
      participant.guard(() => {
        for (const track of participant.publications.published) {
          if (track.request.source !== 'microphone' || track.muted) continue;
          loudest = Math.min(loudest, track.source?.audioLevel() ?? 127);
        }
      });
      if (loudest < 127) levels.set(participant.sid, loudest);
    }
    this.tellSpeaking(this.#speakers.observe(levels));
  }

  #tellQualities(): void {
    const now = new Map<string, Quality>();
    const active = [...this.#participants()].filter(({ state }) => state.kind === 'active');
    for (const participant of active) {
      participant.guard(() => now.set(participant.sid, observe(participant)));
    }
    const changed = [...now].some(([sid, { quality }]) => this.#qualities.get(sid)?.quality !== quality);
    this.#qualities = now;
    if (!changed) return;
    for (const participant of active) {
      const updates = [...now]
        .filter(([sid]) => sid === participant.sid || participant.subscriptions.isListeningTo(sid))
        .map(([sid, quality]) => qualityInfo(sid, quality));
      participant.send({ case: 'connectionQuality', value: new ConnectionQualityUpdate({ updates }) });
    }
  }
}

function observe(participant: Participant): Quality {
  const unmuted = participant.publications.published.filter((track) => !track.muted);
  let receivesVideo = false;
  for (const { track } of participant.subscriptions.live()) receivesVideo ||= track.request.kind === 'video';
  return participant.quality.observe({
    stats: participant.link.stats,
    // Video rests while nobody looks at it, other sound while there is none; a microphone always sends something.
    expectsMedia: unmuted.some((track) => track.request.source === 'microphone') || !participant.signalled,
    sendsVideo: unmuted.some((track) => track.request.kind === 'video'),
    receivesVideo,
  });
}

function qualityInfo(participantSid: string, { quality, score }: Quality): ConnectionQualityInfo {
  return new ConnectionQualityInfo({ participantSid, quality, score });
}
