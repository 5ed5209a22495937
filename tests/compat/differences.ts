import type { Observation } from './behaviour.ts';

/** Where ours does otherwise than LiveKit on purpose. Whatever differs and is not here fails the run. */
export interface Difference {
  readonly sentence: string;
  readonly ours: Observation;
  /** A whole sentence for people who come from LiveKit. */
  readonly reason: string;
}

export const differences: readonly Difference[] = [
  {
    sentence: 'A browser whose socket is cut resumes; media and identity stay',
    ours: {
      events: ['signalReconnecting', 'reconnecting', 'reconnected'],
      sameSid: false,
      seen: true,
      othersToldOfLeaving: 1,
    },
    reason:
      'A client that resumes asks for an ICE restart, which our transport cannot do, so it joins anew by itself within seconds; others see it leave and come back.',
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
];
