import type { Observation } from './observation.ts';

/** Where ours does otherwise than LiveKit on purpose. Whatever differs and is not here fails the run. */
export interface Difference {
  readonly sentence: string;
  readonly ours: Observation;
  /** A whole sentence for people who come from LiveKit. */
  readonly reason: string;
}

export const differences: readonly Difference[] = [
  {
    sentence:
      'A downlink that is simulated to bear next to nothing pauses video and says so; the sound stays',
    ours: { paused: true, sound: true },
    reason:
      'Asked to act as if 20 kbit/s were left, LiveKit with allow_pause was seen to count the client as short of bandwidth and to pause nothing; ours pauses the video and tells the client.',
  },
  {
    sentence: 'A room that is created without settings has the usual ones',
    ours: {
      emptyTimeout: 300,
      departureTimeout: 20,
      maxParticipants: 0,
      metadata: '',
      codecs: ['audio/opus', 'video/av1', 'video/h264', 'video/vp8', 'video/vp9'],
    },
    reason:
      'Ours takes Opus (with its own error correction instead of RED) and the four codecs of browsers; it has no use for G.711 and H265.',
  },
  {
    sentence: 'Muting a track that is not there is taken, and does nothing',
    ours: { status: 404, code: 'not_found' },
    reason: 'Ours says that there is no such track; whoever believes to have muted somebody should know.',
  },
  {
    sentence: 'Starting an egress of a room that is not there is refused',
    ours: { status: 503, code: 'unavailable' },
    reason:
      'There is no recording in ours at all, so it does not look for the room first; LiveKit without a recorder says unavailable once the room is there, after a while.',
  },
  {
    sentence: 'Listing the dispatches of agents in a room that is not there is refused',
    ours: { status: 404, code: 'not_found' },
    reason: 'Ours knows that the room is not there and says so; LiveKit waits for a server that has it.',
  },
];
