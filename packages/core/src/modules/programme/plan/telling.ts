import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Tx } from '../../../storage/index.ts';
import { type Actor, assertAllowed } from '../../identity/index.ts';
import { programmePolicy } from '../policy.ts';
import { changeActivity, notStarted, ownWords } from './activities.ts';
import { findInHandbook } from './handbook.ts';
import {
  insertDecision,
  insertEstimate,
  insertFollowUp,
  listActivities,
  putActivity,
  putTarget,
} from './plan-store.ts';
import { findEmployed, insertPreparations } from './preparation-store.ts';
import { takeProgramme } from './programmes.ts';
import type { ProgrammeRecorder } from './record.ts';
import { activityCode, assertChoice, dayTold, sameCode } from './rules.ts';
import { listMilestones } from './store.ts';

type Body<Name extends 'setActivity' | 'decide' | 'holdFollowUp' | 'estimate' | 'prepare'> = z.output<
  (typeof api.programme)[Name]['body']
>;

export interface TellingDeps {
  readonly clock: Clock;
  readonly record: ProgrammeRecorder;
}

/** The listeners' entity of what concerns staff and no single programme. */
const preparations = 'preparations';

/** What people tell of a programme as it goes on. Everything here is done within the caller's transaction. */
export function createTelling({ clock, record }: TellingDeps) {
  const today = () => localDay(clock.now());

  return {
    /**
     * Tells of an activity of the handbook, or of one by a word that a milestone needs. A word that nobody knows is
     * refused, since it would hide a misspelling.
     *
     * @returns its code as the plan spells it
     * @throws DomainError not_allowed, not_found, invalid_input, programme_dates_invalid
     */
    setActivity: async (
      tx: Tx,
      actor: Actor,
      id: string,
      asked: string,
      wish: Body<'setActivity'>,
    ): Promise<string> => {
      await takeProgramme(tx, actor, id);
      const on = dayTold(wish.on, today());
      const rows = await listActivities(tx, id);
      const known = [...ownWords(await listMilestones(tx, id)), ...rows.map((row) => row.code)];
      const code = findInHandbook(activityCode(asked))?.code ?? known.find((word) => sameCode(word, asked));
      if (code === undefined) throw new DomainError('not_found', { kind: `activity ${asked}` });
      const before = rows.find((row) => row.code === code) ?? notStarted(code);
      const { row, on: holdsFrom } = changeActivity(before, wish, on);
      await putActivity(tx, id, row, clock.now());
      const { status, cases } = row;
      await record.tell(tx, actor.staffId, id, [
        {
          leaf: {
            type: 'activity.changed',
            programme: id,
            activity: code,
            status,
            on: holdsFrom,
            cases,
            evidence: row.evidence.length,
          },
          data: { activity: code, status, on: holdsFrom },
        },
      ]);
      return code;
    },

    /** @throws DomainError not_allowed, not_found, invalid_input */
    decide: async (tx: Tx, actor: Actor, id: string, wish: Body<'decide'>): Promise<string> => {
      await takeProgramme(tx, actor, id);
      const { kind, choice, reference } = wish;
      assertChoice(kind, choice);
      const on = dayTold(wish.on, today());
      const decision = {
        id: randomUUID(),
        programmeId: id,
        kind,
        choice,
        on,
        reference,
        staffId: actor.staffId,
      };
      await insertDecision(tx, decision, clock.now());
      await record.tell(tx, actor.staffId, id, [
        {
          leaf: { type: 'decision.made', programme: id, decision: kind, choice, on },
          data: { decision: kind, choice, on },
        },
      ]);
      return decision.id;
    },

    /** @throws DomainError not_allowed, not_found */
    setTarget: async (
      tx: Tx,
      actor: Actor,
      id: string,
      target: { readonly due: string; readonly citizens: number },
    ): Promise<void> => {
      await takeProgramme(tx, actor, id);
      await putTarget(tx, id, target, clock.now());
      const { due, citizens } = target;
      await record.tell(tx, actor.staffId, id, [
        { leaf: { type: 'worker-target.set', programme: id, citizens, due }, data: { due, citizens } },
      ]);
    },

    /** @throws DomainError not_allowed, not_found, invalid_input */
    holdFollowUp: async (tx: Tx, actor: Actor, id: string, wish: Body<'holdFollowUp'>): Promise<void> => {
      await takeProgramme(tx, actor, id);
      const { kind, reference } = wish;
      const on = dayTold(wish.on, today());
      const held = { id: randomUUID(), programmeId: id, kind, on, reference, staffId: actor.staffId };
      await insertFollowUp(tx, held, clock.now());
      await record.tell(tx, actor.staffId, id, [
        {
          leaf: { type: 'follow-up.held', programme: id, followUp: kind, on },
          data: { followUp: kind, on },
        },
      ]);
    },

    /** @throws DomainError not_allowed, not_found, invalid_input */
    estimate: async (tx: Tx, actor: Actor, id: string, wish: Body<'estimate'>): Promise<string> => {
      await takeProgramme(tx, actor, id);
      const { percent } = wish;
      const on = dayTold(wish.on, today());
      const estimate = { id: randomUUID(), programmeId: id, percent, on, staffId: actor.staffId };
      await insertEstimate(tx, estimate, clock.now());
      await record.tell(tx, actor.staffId, id, [
        { leaf: { type: 'degree.estimated', programme: id, percent, on }, data: { percent, on } },
      ]);
      return estimate.id;
    },

    /**
     * Records for all of them or for none; who has it recorded for that day already is left as they are.
     *
     * @returns the day
     * @throws DomainError not_allowed, invalid_input, not_found for somebody who does not work here
     */
    prepare: async (tx: Tx, actor: Actor, wish: Body<'prepare'>): Promise<string> => {
      assertAllowed(programmePolicy, actor, 'programme:write');
      const { kind } = wish;
      const on = dayTold(wish.on, today());
      const staff = await findEmployed(tx, wish.initials);
      const unknown = wish.initials.find((initials) => !staff.some((one) => one.initials === initials));
      if (unknown !== undefined) throw new DomainError('not_found', { kind: `staff ${unknown}` });
      const rows = staff.map(({ id }) => ({ id: randomUUID(), staffId: id }));
      const of = { kind, on, recordedBy: actor.staffId };
      const fresh = new Set(await insertPreparations(tx, rows, of, clock.now()));
      await record.tell(
        tx,
        actor.staffId,
        preparations,
        // Listeners hear that it happened, not to whom: that is for those who may list preparations.
        staff
          .filter(({ id }) => fresh.has(id))
          .map(({ id }) => ({
            leaf: { type: 'staff.prepared', staff: id, preparation: kind, on },
            data: { kind, on },
          })),
      );
      return on;
    },
  };
}
