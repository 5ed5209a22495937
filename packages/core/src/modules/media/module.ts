import type { Clock } from '../../kernel/clock.ts';
import type { ChangeEvents, Database, Tx } from '../../storage/index.ts';
import type { Endpoints, Guest } from '../identity/index.ts';
import { createCallVisits } from './call-visits.ts';
import type { Links } from './link.ts';
import { findGuest, revokeLinksOfCitizen } from './link-store.ts';
import { createBump } from './record.ts';

export interface MediaModuleDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write' | 'worker'>;
  readonly changes: ChangeEvents;
  readonly links: Links;
}

export type MediaModule = ReturnType<typeof createMediaModule>;

/** Calls: who may come into the room of a visit by video, by which link, and what the page shows. */
export function createMediaModule({ clock, database, changes, links }: MediaModuleDeps) {
  const bump = createBump(changes);
  const { visitChanged } = createCallVisits({ clock, bump });
  return {
    visitChanged,

    /** Whose seat a link opens now, or null; see `Guest`. */
    authenticateGuest: async (token: string): Promise<Guest | null> => {
      const linkId = await links.read(token);
      return linkId === null ? null : findGuest(database.worker, linkId, clock.now());
    },

    /** With the knowledge of who somebody is go the links to their calls. */
    onErased: (tx: Tx, citizenId: string): Promise<void> => revokeLinksOfCitizen(tx, citizenId, clock.now()),

    registerRoutes: (_endpoints: Endpoints): void => undefined,
  };
}
