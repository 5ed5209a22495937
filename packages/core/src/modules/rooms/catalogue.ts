import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import { type ImportCounts, type PlannedRoom, plannedFacts } from './import.ts';
import { roomsPolicy } from './policy.ts';
import {
  ensureSite,
  insertRoom,
  listRooms,
  lockRoom,
  type RoomChange,
  type RoomDraft,
  type RoomRecord,
  updateRoom,
} from './room-store.ts';

export interface CatalogueDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
}

/** Sites and rooms: what there is to book. */
export function createCatalogue({ clock, ledger, changes }: CatalogueDeps) {
  /** The id of a site by name, made where there is none. */
  const siteFor = async (
    tx: Tx,
    actor: Actor,
    name: string,
  ): Promise<{ readonly id: string; readonly made: boolean }> => {
    const site = await ensureSite(tx, { id: randomUUID(), name }, clock.now());
    if (site.made) {
      await ledger.append(tx, actor.staffId, { type: 'site.created', site: site.id });
      await changes.append(tx, { type: 'site.created', entity: { kind: 'site', id: site.id } });
    }
    return site;
  };

  const catalogue = {
    /** @throws DomainError not_allowed, already_exists */
    createSite: async (tx: Tx, actor: Actor, name: string): Promise<string> => {
      assertAllowed(roomsPolicy, actor, 'rooms:write');
      const site = await siteFor(tx, actor, name);
      if (!site.made) throw new DomainError('already_exists', { kind: 'site', name });
      return site.id;
    },

    /** @throws DomainError not_allowed, already_exists */
    registerRoom: async (
      tx: Tx,
      actor: Actor,
      draft: RoomDraft & { readonly active?: boolean },
    ): Promise<string> => {
      assertAllowed(roomsPolicy, actor, 'rooms:write');
      const { site, ...facts } = draft;
      const siteId = (await siteFor(tx, actor, site)).id;
      const room: RoomRecord = {
        active: true,
        ...facts,
        id: randomUUID(),
        siteId,
        features: [...new Set(facts.features)],
      };
      await insertRoom(tx, room, clock.now());
      await ledger.append(tx, actor.staffId, { type: 'room.registered', room: room.id, site: siteId });
      await changes.append(tx, { type: 'room.registered', entity: { kind: 'room', id: room.id } });
      return room.id;
    },

    /**
     * Changes a room. Bookings that are made stay as they are, with the buffer and the opening hours they were made
     * under, also in a room that is taken out of use.
     *
     * @returns whether anything was different from before
     * @throws DomainError not_allowed, not_found, already_exists
     */
    changeRoom: async (tx: Tx, actor: Actor, id: string, change: RoomChange): Promise<boolean> => {
      assertAllowed(roomsPolicy, actor, 'rooms:write');
      const now = clock.now();
      const before = await lockRoom(tx, id, now);
      if (before === null) throw new DomainError('not_found', { kind: 'room' });
      const after: RoomRecord = {
        id: before.id,
        siteId: before.siteId,
        name: change.name ?? before.name,
        kind: change.kind ?? before.kind,
        seats: change.seats ?? before.seats,
        features: change.features === undefined ? before.features : [...new Set(change.features)],
        openingHours: change.openingHours ?? before.openingHours,
        bufferMinutes: change.bufferMinutes ?? before.bufferMinutes,
        active: change.active ?? before.active,
      };
      if (factsOf(before) === factsOf(after)) return false;
      await updateRoom(tx, after, now);
      await ledger.append(tx, actor.staffId, { type: 'room.changed', room: after.id, active: after.active });
      await changes.append(tx, {
        type: 'room.changed',
        entity: { kind: 'room', id: after.id },
        data: { active: after.active },
      });
      return true;
    },
  };

  return {
    ...catalogue,

    /**
     * Makes rooms as a spreadsheet has them: new ones are registered, changed ones changed, and what is already so is
     * left alone, with no trace in the ledger. Rooms are the same when site and name are.
     *
     * @throws DomainError not_allowed
     */
    applyRooms: async (tx: Tx, actor: Actor, plans: readonly PlannedRoom[]): Promise<ImportCounts> => {
      assertAllowed(roomsPolicy, actor, 'rooms:write');
      const everything = await listRooms(tx, { inactive: true, limit: 100_000 });
      const known = new Map(everything.map((room) => [JSON.stringify([room.siteName, room.name]), room]));
      const counts = { created: 0, updated: 0, unchanged: 0 };
      for (const plan of plans) {
        const current = known.get(JSON.stringify([plan.site, plan.name]));
        const facts = plannedFacts(plan, current);
        if (current === undefined) {
          await catalogue.registerRoom(tx, actor, { ...facts, site: plan.site });
          counts.created += 1;
        } else if (factsOf(current) === factsOf(facts)) {
          counts.unchanged += 1;
        } else {
          await catalogue.changeRoom(tx, actor, current.id, facts);
          counts.updated += 1;
        }
      }
      return counts;
    },
  };
}

/** The facts of a room in one text, whatever the order of its features and days. */
export function factsOf(room: Omit<RoomRecord, 'id' | 'siteId'>): string {
  const hours = room.openingHours.map(({ weekday, opens, closes }) => `${weekday} ${opens} ${closes}`).sort();
  return JSON.stringify([
    room.name,
    room.kind,
    room.seats,
    [...room.features].sort(),
    hours,
    room.bufferMinutes,
    room.active,
  ]);
}
