import type { Channel } from '../../../contract/index.ts';

/** How a visit came to an end; what is planned, proposed or open has not. */
export const endings = ['held', 'cancelled', 'futile', 'failed', 'followed-up'] as const;
export type Ending = (typeof endings)[number];

/** A visit that came to an end, as one leaf tells it. */
export interface EndedVisit {
  readonly subject: string;
  readonly worker: string;
  /** The team that the citizen belonged to. */
  readonly team: string | null;
  /** The day of the visit, Europe/Copenhagen. */
  readonly on: string;
  readonly channel: Channel;
  readonly state: Ending;
  /** Whole minutes. */
  readonly minutes: { readonly video: number; readonly physical: number; readonly phone: number };
}

/** What a leaf says of a visit: how it ended, or null where it is still to come or goes on. */
export interface VisitChange {
  readonly index: bigint;
  readonly visit: string;
  readonly ended: EndedVisit | null;
}

/** A version of a visit that was in force from one leaf until another changed it. */
export interface VisitFact extends EndedVisit {
  readonly visit: string;
  readonly fromIndex: bigint;
  readonly untilIndex: bigint | null;
}

/** What a leaf says of anything else that is asked for; it is only added to. */
export interface LedgerFact {
  readonly index: bigint;
  readonly type: string;
  readonly subject: string | null;
  readonly staff: string | null;
  readonly team: string | null;
  readonly programme: string | null;
  readonly code: string | null;
  readonly on: string;
  readonly data: Readonly<Record<string, unknown>>;
}
