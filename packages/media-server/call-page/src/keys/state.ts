/** How far two pages are with agreeing on a key. */
export type KeyProgress =
  /** Nothing has begun, or this browser cannot. */
  | 'none'
  | 'agreeing'
  /** Both have the other's key: there is a code to compare, the call key may still come with admission. */
  | 'compared'
  /** The call key is there. */
  | 'ready'
  /** What was shown does not fit what was promised: somebody may stand in between. */
  | 'mismatch';

export interface SeatKeyState {
  readonly seat: string;
  readonly progress: KeyProgress;
  /** "123 456", for host and seat to read aloud; null until both have the other's key. */
  readonly code: string | null;
  /** The code is another than it was a moment ago in this page's life, since one side began anew: compare again. */
  readonly renewed: boolean;
}

/** For the host one entry per seat that can encrypt; for others exactly one, with the host. */
export interface KeysSnapshot {
  readonly seats: readonly SeatKeyState[];
  /** Which key of the call is in use; 0 while there is none. */
  readonly epoch: number;
}
