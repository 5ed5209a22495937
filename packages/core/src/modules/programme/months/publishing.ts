import type { Clock } from '../../../kernel/clock.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Database } from '../../../storage/index.ts';
import type { Measures } from '../measures/index.ts';

export interface MonthsDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly changes: ChangeEvents;
  readonly measures: Pick<Measures, 'resolve' | 'cite' | 'figures' | 'figuresByTeam'>;
  /** Rebuilds the log from its leaves; throws where it is not what was signed. */
  readonly assertSound: (municipalityId: string) => Promise<unknown>;
}

export interface Months {
  /** Publishes every month of every programme that is over and not yet given out. @returns how many were published */
  publishDue(municipalityId: string): Promise<number>;
}

export function createMonths(_deps: MonthsDeps): Months {
  return { publishDue: () => Promise.reject(new Error('not there yet')) };
}
