import type { z } from 'zod';
import type { api } from '../../../contract/index.ts';
import { DomainError, type ErrorCode } from '../../../kernel/errors.ts';
import type { Tx } from '../../../storage/index.ts';
import type { CitizenContacts } from '../../citizens/index.ts';
import type { Guest } from '../../identity/index.ts';
import {
  getVisits,
  lockStaffCalendars,
  lockVisits,
  type VisitRow,
  type VisitsService,
} from '../../visits/index.ts';
import { workerOf } from '../on-behalf.ts';
import { assertCitizen, type Talks } from './service.ts';

type AnswerBody = z.output<typeof api.callPage.answerProposal.body>;

export interface ProposalDeps {
  readonly contacts: Pick<CitizenContacts, 'holdById'>;
  readonly visits: Pick<VisitsService, 'accept' | 'propose' | 'cancel'>;
  readonly talks: Pick<Talks, 'assertCanBeChosen'>;
}

/** Why a time cannot be had is told to staff, with rooms and other times; a citizen chooses another one. */
const takenCodes: readonly ErrorCode[] = [
  'hold_refused',
  'outside_working_hours',
  'visit_past',
  'booking_too_far',
];

/** The citizen answers a time that was proposed to them; on behalf of whom it was proposed by, and by the same path. */
export function createProposals({ contacts, visits, talks }: ProposalDeps) {
  /** Holds all that an answer may touch, in the order that everybody keeps, so that of two answers the second sees the first. */
  const hold = async (tx: Tx, visitId: string): Promise<VisitRow> => {
    const [seen] = await getVisits(tx, [visitId]);
    if (seen === undefined) throw new Error('a call has a visit');
    await lockStaffCalendars(tx, [seen.workerId]);
    await contacts.holdById(tx, [seen.citizenId]);
    await lockVisits(tx, [visitId]);
    const [row] = await getVisits(tx, [visitId]);
    return row ?? seen;
  };

  return {
    /**
     * Saying the same twice is once.
     *
     * @throws DomainError not_allowed for others than the citizen; proposal_changed where it is not that proposal any more;
     *   talk_hours_closed where the other time cannot be had
     */
    answer: async (
      tx: Tx,
      guest: Guest,
      { startsAt, answer, other }: Omit<AnswerBody, 'device'>,
    ): Promise<void> => {
      assertCitizen(guest);
      const row = await hold(tx, guest.visitId);
      const isAt = (time: string | undefined): boolean =>
        time !== undefined && row.plannedStartsAt?.getTime() === Date.parse(time);
      const wasSaid =
        (answer === 'yes' && row.state === 'planned' && isAt(startsAt)) ||
        (answer === 'no' && row.state === 'cancelled' && row.endedBy === 'citizen') ||
        (answer === 'other' && row.state === 'proposed' && row.proposedBy === 'citizen' && isAt(other));
      if (wasSaid) return;
      if (row.state !== 'proposed' || !isAt(startsAt) || (answer === 'yes' && row.proposedBy !== 'worker'))
        throw new DomainError('proposal_changed');
      const actor = workerOf(guest.municipalityId, row);
      if (answer === 'yes') await visits.accept(tx, actor, row.id);
      else if (answer === 'no')
        await visits.cancel(tx, actor, row.id, { by: 'citizen', reason: 'no-reason-given' });
      else await counter(tx, guest, row, new Date(other ?? startsAt));
    },
  };

  async function counter(tx: Tx, guest: Guest, row: VisitRow, startsAt: Date): Promise<void> {
    await talks.assertCanBeChosen(tx, guest, startsAt);
    const lengthMs = (row.plannedEndsAt?.getTime() ?? 0) - (row.plannedStartsAt?.getTime() ?? 0);
    const endsAt = new Date(startsAt.getTime() + lengthMs);
    const actor = workerOf(guest.municipalityId, row);
    try {
      await visits.propose(tx, actor, row.id, {
        by: 'citizen',
        startsAt: startsAt.toISOString(),
        endsAt: endsAt.toISOString(),
      });
    } catch (error) {
      if (error instanceof DomainError && takenCodes.includes(error.code))
        throw new DomainError('talk_hours_closed');
      throw error;
    }
  }
}

export type Proposals = ReturnType<typeof createProposals>;
