import type { Shift } from '../../contract/visit-rules.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../storage/index.ts';
import { Prisma, queryHot } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import { type Actor, allows, assertAllowed, getStaffByInitials } from '../identity/index.ts';
import type { HeldWorker } from './hold.ts';
import { visitsPolicy } from './policy.ts';
import type { VisitRecorder } from './record.ts';
import type { Part } from './rules.ts';
import { assertMay, type VisitAction } from './rules.ts';
import {
  getVisit,
  getVisits,
  insertVisit,
  lockStaffCalendars,
  lockVisits,
  type NewVisit,
  type Participant,
  replaceParticipants,
  replaceParts,
  updateVisit,
  type VisitRow,
} from './store.ts';

export interface DeskDeps {
  readonly contacts: CitizenContacts;
  readonly record: VisitRecorder;
}

export type Desk = ReturnType<typeof createDesk>;

/** @throws DomainError not_allowed when it is somebody else's calendar and that is not one's to write in */
export function assertMayKeep(actor: Actor, workerId: string): void {
  assertAllowed(visitsPolicy, actor, 'visits:write');
  if (workerId !== actor.staffId && !allows(visitsPolicy, actor, 'visits:write-for-others'))
    throw new DomainError('not_allowed', { permission: 'visits:write-for-others' });
}

/** What every change of a visit begins and ends with: taking it in hand, and writing down what it has become. */
export function createDesk({ contacts, record }: DeskDeps) {
  const reread = async (tx: Tx, id: string): Promise<VisitRow> => {
    const [row] = await getVisits(tx, [id]);
    if (row === undefined) throw new Error('a visit that was just written is there');
    return row;
  };

  return {
    /**
     * Takes a visit in hand: calendars first, in the order that everybody keeps, then the visit.
     *
     * @throws DomainError not_allowed, not_found, visit_state
     */
    take: async (
      tx: Tx,
      actor: Actor,
      id: string,
      action: VisitAction,
      calendars: readonly string[] = [],
    ): Promise<VisitRow> => {
      assertAllowed(visitsPolicy, actor, 'visits:write');
      const seen = await getVisit(tx, actor, id);
      assertMayKeep(actor, seen.workerId);
      if (calendars.length > 0)
        await lockStaffCalendars(tx, [...new Set([seen.workerId, ...calendars])], calendars);
      await contacts.holdById(tx, [seen.citizenId]);
      await lockVisits(tx, [id]);
      const row = await reread(tx, seen.id);
      assertMayKeep(actor, row.workerId);
      assertMay(action, row.state);
      return row;
    },

    /**
     * Whose visit it is to be: one's own, or somebody's who works here, where one may plan for others.
     *
     * @throws DomainError not_allowed, not_found
     */
    workerOf: async (tx: Tx, actor: Actor, initials: string | undefined): Promise<HeldWorker> => {
      const { id, shift } = await getStaffByInitials(tx, initials ?? actor.initials);
      assertMayKeep(actor, id);
      return { id, initials: initials ?? actor.initials, shift: shift as Shift };
    },

    /** The worker of a visit that is there already, employed or not. */
    shiftOf: async (tx: Tx, row: VisitRow): Promise<HeldWorker> => {
      const [found] = await queryHot<{ shift: Shift }>(
        tx,
        Prisma.sql`SELECT shift FROM staff WHERE id = ${row.workerId}::uuid`,
      );
      return { id: row.workerId, initials: row.worker, shift: found?.shift ?? 'day' };
    },

    insert: async (
      tx: Tx,
      actor: Actor,
      visit: NewVisit,
      more: {
        readonly parts?: readonly Part[];
        readonly participants?: readonly Pick<Participant, 'kind' | 'staffId'>[];
      },
      now: Date,
    ): Promise<VisitRow> => {
      await insertVisit(tx, visit, now);
      if (more.parts !== undefined) await replaceParts(tx, visit.id, more.parts);
      if (more.participants !== undefined && more.participants.length > 0)
        await replaceParticipants(tx, visit.id, more.participants);
      const row = await reread(tx, visit.id);
      await record.changed(tx, actor, row, null);
      return row;
    },

    /** Writes what has changed of a visit, with its leaf and event. */
    write: async (
      tx: Tx,
      actor: Actor,
      before: VisitRow,
      change: Partial<NewVisit> & { readonly parts?: readonly Part[] },
      now: Date,
    ): Promise<VisitRow> => {
      const { parts, ...facts } = change;
      await updateVisit(tx, { ...before, ...facts }, now);
      if (parts !== undefined) await replaceParts(tx, before.id, parts);
      const row = await reread(tx, before.id);
      await record.changed(tx, actor, row, before.state);
      return row;
    },

    /** Colleagues by initials become staff ids. @throws DomainError not_found */
    participants: async (
      tx: Tx,
      list: readonly { readonly kind: Participant['kind']; readonly initials: string | null }[],
    ): Promise<Pick<Participant, 'kind' | 'staffId'>[]> => {
      const found: Pick<Participant, 'kind' | 'staffId'>[] = [];
      for (const { kind, initials } of list)
        found.push({ kind, staffId: initials === null ? null : (await getStaffByInitials(tx, initials)).id });
      return found;
    },

    reread,
  };
}
