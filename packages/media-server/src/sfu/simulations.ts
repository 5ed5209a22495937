import { DisconnectReason, SpeakerInfo } from '@livekit/protocol';
import type { SimulatedScenario } from '../protocol/client-messages.ts';
import type { Participant } from './participant.ts';
import type { Pulse } from './pulse.ts';

/** How long an announced drop of the signal waits for the resume it belongs to, as LiveKit. */
const dropWithinMs = 5_000;
/** The client tries three times before it gives up resuming. */
const silentDrops = 3;
const maxSpeakerSeconds = 60;

/** What `room.simulateScenario` asks for: each touches only the participant that asked. */
export class Simulations {
  readonly #pulse: Pulse;
  readonly #nowMs: () => number;
  readonly #dropAfterResume = new Map<string, number>();
  readonly #dropSilently = new Map<string, { readonly untilMs: number; left: number }>();

  constructor(pulse: Pulse, nowMs: () => number) {
    this.#pulse = pulse;
    this.#nowMs = nowMs;
  }

  run(participant: Participant, scenario: SimulatedScenario): void {
    switch (scenario.kind) {
      case 'speakers': {
        const speaker = (active: boolean) =>
          new SpeakerInfo({ sid: participant.sid, active, level: active ? 0.9 : 0 });
        this.#pulse.tellSpeaking([speaker(true)]);
        const seconds = Math.min(Math.max(0, scenario.seconds), maxSpeakerSeconds);
        participant.timers.after(seconds * 1000, () => this.#pulse.tellSpeaking([speaker(false)]));
        return;
      }
      // One server has nowhere to migrate to: the client finds its session gone and makes another.
      case 'migration':
        participant.close(DisconnectReason.MIGRATION, null);
        return;
      case 'nodeFailure':
        participant.close(DisconnectReason.SERVER_SHUTDOWN, null);
        return;
      case 'serverLeave':
        participant.close(DisconnectReason.SERVER_SHUTDOWN);
        return;
      case 'leaveRequestFullReconnect':
        participant.close(DisconnectReason.CLIENT_INITIATED, 'reconnect');
        return;
      case 'disconnectSignalOnResume':
        this.#dropAfterResume.set(participant.sid, this.#nowMs() + dropWithinMs);
        return;
      case 'disconnectSignalOnResumeNoMessages':
        this.#dropSilently.set(participant.sid, {
          untilMs: this.#nowMs() + dropWithinMs,
          left: silentDrops,
        });
        return;
      case 'subscriberBandwidth':
        participant.link.limitDownlink(scenario.bitsPerSecond);
        return;
      // There is one protocol only: UDP.
      case 'candidateProtocol':
        return;
      default:
        scenario satisfies never;
    }
  }

  /** Whether this resume is to lose its socket before anything was said. */
  takesSilentDrop(participant: Participant): boolean {
    const drop = this.#dropSilently.get(participant.sid);
    if (drop === undefined) return false;
    drop.left -= 1;
    const isDue = this.#nowMs() < drop.untilMs;
    if (!isDue || drop.left === 0) this.#dropSilently.delete(participant.sid);
    return isDue;
  }

  /** Whether this resume is to lose its socket after all was said. */
  takesDrop(participant: Participant): boolean {
    const untilMs = this.#dropAfterResume.get(participant.sid);
    this.#dropAfterResume.delete(participant.sid);
    return untilMs !== undefined && this.#nowMs() < untilMs;
  }

  forget(participant: Participant): void {
    this.#dropAfterResume.delete(participant.sid);
    this.#dropSilently.delete(participant.sid);
  }
}
