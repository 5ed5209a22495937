import type { SeatKind } from '../../contract/index.ts';

/** Who acts through a link: a seat in a call, not a person. Found anew for each request, so a revoked link ends at once. */
export interface Guest {
  readonly municipalityId: string;
  readonly linkId: string;
  readonly seatId: string;
  readonly callId: string;
  readonly visitId: string;
  readonly kind: SeatKind;
  /** Of a worker or colleague. */
  readonly staffId: string | null;
  /** Who admits, agrees on keys with everybody, and finishes. */
  readonly isHost: boolean;
  readonly isDemo: boolean;
}
