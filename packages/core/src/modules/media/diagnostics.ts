import type {
  CallEncryption,
  Diagnostics,
  EndReason,
  FailureStep,
  SeatKind,
  TroubleStep,
} from '../../contract/index.ts';
import type { Change } from '../../storage/index.ts';

/**
 * How a visit names what failed. What keeps somebody from coming in is a call that did not start; the same in the middle
 * of a talk costs picture, sound or the connection.
 */
export function failureStepOf(step: TroubleStep, hadBegun: boolean): FailureStep {
  switch (step) {
    case 'no-picture':
    case 'no-sound':
    case 'dropped':
    case 'does-not-work':
      return step;
    case 'key-mismatch':
      return 'does-not-work';
    case 'camera-refused':
    case 'camera-missing':
    case 'camera-busy':
      return hadBegun ? 'no-picture' : 'not-started';
    case 'microphone-refused':
    case 'microphone-missing':
    case 'microphone-busy':
      return hadBegun ? 'no-sound' : 'not-started';
    case 'network-blocked':
    case 'service-down':
    case 'media-down':
      return hadBegun ? 'dropped' : 'not-started';
    case 'browser-too-old':
      return 'not-started';
  }
}

/** The other way round, for a visit that was recorded as failed by hand. */
export const troubleStepOf = (reason: EndReason | null): TroubleStep =>
  reason === 'no-sound' || reason === 'no-picture' || reason === 'dropped' ? reason : 'does-not-work';

export interface FailedCall {
  readonly callId: string;
  readonly step: TroubleStep;
  /** Who said so; null where nobody did. */
  readonly saidBy: SeatKind | null;
  readonly encryption: CallEncryption | null;
  /** As the last page told that told anything. */
  readonly diagnostics: Diagnostics | null;
}

/** The one event that support hears of a failed call: codes and numbers, nobody's name and nothing anybody typed. */
export const callFailed = ({ callId, step, saidBy, encryption, diagnostics }: FailedCall): Change => ({
  type: 'call.failed',
  entity: { kind: 'call', id: callId },
  data: {
    step,
    saidBy,
    encryption,
    device: diagnostics?.device ?? null,
    browser: diagnostics?.browser ?? null,
    browserVersion: diagnostics?.browserVersion ?? null,
    codecs: diagnostics?.codecs.join(' ') ?? null,
    roundTripMs: diagnostics?.roundTripMs ?? null,
    lossPercent: diagnostics?.lossPercent ?? null,
    lastError: diagnostics?.lastError ?? null,
  },
});
