import type { z } from 'zod';
import type { Agreement, api, ChangeGroundRules, TalkSpan } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, ReadTx, Tx } from '../../../storage/index.ts';
import { type Actor, assertAllowed, getStaffByInitials } from '../../identity/index.ts';
import type { Identities } from '../identities.ts';
import { citizensPolicy } from '../policy.ts';
import { assertNotAfter, changedFields, type Given, withGiven } from '../rules.ts';
import { getForChange, getWithinReach } from '../service.ts';
import { findCitizen } from '../store.ts';
import {
  type GroundRulesOf,
  mergeCallDefaults,
  readCallDefaults,
  readGroundRules,
  writeGroundRules,
  writeTalkHours,
} from './store.ts';

export interface GroundRulesDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly identities: Pick<Identities, 'readSubject' | 'readWays'>;
  /** Whether somebody may plan a colleague's time, and so set their hours, too. */
  readonly mayPlanForOthers: (actor: Actor) => boolean;
}

export type DefaultsChange = z.output<typeof api.groundRules.changeDefaults.body>;
export type GroundRulesService = ReturnType<typeof createGroundRules>;

/** What a citizen of a code has: their rules, and whether they can be reached. */
export interface CitizensRules extends GroundRulesOf {
  readonly citizen: string;
  readonly hasPhone: boolean;
  readonly hasEmail: boolean;
}

type Facts = Omit<GroundRulesOf, 'agreed' | 'reviewedBy' | 'updatedAt'>;
const factsOf = ({ agreed: _, reviewedBy: _by, updatedAt: _at, ...facts }: GroundRulesOf): Facts => facts;

/** Ground rules (*spilleregler*) of citizens, what the municipality has for all, and workers' hours for talks. */
export function createGroundRules({ clock, ledger, changes, identities, mayPlanForOthers }: GroundRulesDeps) {
  const describe = async (
    tx: ReadTx,
    actor: Actor,
    { id, code }: { readonly id: string; readonly code: string },
  ): Promise<CitizensRules> => ({
    citizen: code,
    ...(await readGroundRules(tx, id)),
    ...(await identities.readWays(tx, actor.municipalityId, id)),
  });

  return {
    show: async (tx: ReadTx, actor: Actor, code: string): Promise<CitizensRules> =>
      describe(
        tx,
        actor,
        await getWithinReach(() => findCitizen(tx, code), actor, 'ground-rules:read', code),
      ),

    /** The same as the answer to a change, for which that may be enough. */
    showChanged: async (tx: ReadTx, actor: Actor, code: string): Promise<CitizensRules> => {
      const citizen = await findCitizen(tx, code);
      if (citizen === null) throw new DomainError('not_found', { kind: `citizen ${code}` });
      return describe(tx, actor, citizen);
    },

    /**
     * Records what was agreed. Whoever agrees on one of the three rules, or goes through them, agrees on all as they hold
     * at that moment: what somebody relies on when a call fails must not change because the municipality's own did.
     *
     * @throws DomainError not_found, citizen_erased, invalid_input
     */
    change: async (tx: Tx, actor: Actor, code: string, wish: Given<ChangeGroundRules>): Promise<string> => {
      const citizen = await getForChange(tx, actor, 'ground-rules:write', code);
      const now = clock.now();
      const today = localDay(now);
      if (wish.reviewedOn !== undefined) assertNotAfter(today, wish.reviewedOn, 'reviewedOn');
      const held = await readGroundRules(tx, citizen.id);
      const before = factsOf(held);
      const isAgreed = [wish.caller, wish.afterMinutes, wish.speakAgain, wish.reviewedOn].some(
        (value) => value !== undefined,
      );
      const after = withGiven<Facts>(
        before,
        isAgreed ? { ...wish, reviewedOn: wish.reviewedOn ?? today } : wish,
      );
      const fields = changedFields(before, after);
      const becomesAgreed = isAgreed && !held.agreed;
      if (fields.length === 0 && !becomesAgreed) return code;
      const agreement: Agreement = {
        caller: after.caller,
        afterMinutes: after.afterMinutes,
        speakAgain: after.speakAgain,
      };
      await writeGroundRules(
        tx,
        citizen.id,
        {
          agreement: held.agreed || isAgreed ? agreement : null,
          contact: after.contact,
          language: after.language,
          reviewedOn: after.reviewedOn,
          staffId: isAgreed ? actor.staffId : null,
        },
        now,
      );
      await ledger.append(tx, actor.staffId, {
        type: 'ground-rules.changed',
        subject: await identities.readSubject(tx, actor.municipalityId, citizen.id),
        fields,
        reviewedOn: after.reviewedOn,
      });
      await changes.append(tx, { type: 'ground-rules.changed', entity: { kind: 'citizen', id: code } });
      return code;
    },

    changeDefaults: async (tx: Tx, actor: Actor, wish: DefaultsChange): Promise<void> => {
      assertAllowed(citizensPolicy, actor, 'ground-rules:write-defaults');
      const before = await readCallDefaults(tx);
      const fields = changedFields(before, withGiven(before, wish));
      if (fields.length === 0) return;
      await mergeCallDefaults(tx, wish, clock.now());
      await ledger.append(tx, actor.staffId, { type: 'call-defaults.changed', fields });
      await changes.append(tx, {
        type: 'call-defaults.changed',
        entity: { kind: 'call-defaults', id: actor.municipalityId },
      });
    },

    /** One's own hours, or a colleague's where one may plan for others. @throws DomainError not_found, not_allowed */
    setTalkHours: async (
      tx: Tx,
      actor: Actor,
      initials: string,
      hours: readonly TalkSpan[],
    ): Promise<string> => {
      assertAllowed(citizensPolicy, actor, 'ground-rules:write');
      const { id } = await getStaffByInitials(tx, initials);
      if (id !== actor.staffId && !mayPlanForOthers(actor))
        throw new DomainError('not_allowed', { permission: 'visits:write-for-others' });
      const inOrder = [...hours].sort((a, b) => a.weekday - b.weekday || (a.from < b.from ? -1 : 1));
      await writeTalkHours(tx, id, inOrder, clock.now());
      const minutesPerWeek = hours.reduce(
        (sum, { from, until }) => sum + minuteOf(until) - minuteOf(from),
        0,
      );
      await ledger.append(tx, actor.staffId, { type: 'talk-hours.changed', staff: id, minutesPerWeek });
      await changes.append(tx, { type: 'talk-hours.changed', entity: { kind: 'staff', id: initials } });
      return initials;
    },
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
