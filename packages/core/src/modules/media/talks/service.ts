import type { z } from 'zod';
import { talkStateWords } from '../../../contract/call-words.ts';
import type { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { ChangeEvents, ReadTx, Tx } from '../../../storage/index.ts';
import { type CitizenContacts, readGroundRules, readTalkHours } from '../../citizens/index.ts';
import { type Actor, allows, type Guest, getStaffByInitials } from '../../identity/index.ts';
import type { Messenger } from '../../messaging/index.ts';
import { isOpen } from '../../rooms/index.ts';
import {
  getVisits,
  listPlanned,
  readVisitRules,
  type VisitsService,
  visitsPolicy,
} from '../../visits/index.ts';
import { canBeChosen, type TalkTimes, talkMinutes, talksUntil, timesToOffer } from './rules.ts';
import {
  answerTalk,
  type Counter,
  findNextVisit,
  findOpenTalk,
  insertTalk,
  listCounters,
  listOpenTalks,
  lockTalk,
  readPartner,
  type TalkPartner,
  type TalkRow,
  withdrawTalks,
} from './store.ts';

type ProposeBody = z.output<typeof api.talks.propose.body>;

export interface TalksDeps {
  readonly clock: Clock;
  readonly changes: ChangeEvents;
  readonly contacts: Pick<CitizenContacts, 'hold'>;
  readonly messenger: Pick<Messenger, 'send'>;
  readonly visits: Pick<VisitsService, 'plan'>;
}

/** What a citizen's page shows of it. */
export interface TalkSeen {
  readonly partner: TalkPartner;
  readonly asked: TalkRow | null;
  readonly times: readonly Date[];
}

export type Talks = ReturnType<typeof createTalks>;

const stateOf = (talk: Pick<TalkRow, 'state'>): DomainError => {
  const [da, en] = talkStateWords[talk.state];
  return new DomainError('talk_state', { state_da: da, state_en: en }, { details: { state: talk.state } });
};

/** Of its citizen a seat tells; guests and staff ask for nothing by their link. @throws DomainError not_allowed */
export function assertCitizen({ kind }: Pick<Guest, 'kind'>): void {
  if (kind !== 'citizen') throw new DomainError('not_allowed', { permission: 'visits:write' });
}

/**
 * A citizen asks their worker for a talk, within the hours that the worker has set, one wish at a time; the worker proposes
 * a visit or declines. Never in place of acute help, whose number stands wherever somebody may ask.
 */
export function createTalks({ clock, changes, contacts, messenger, visits }: TalksDeps) {
  const tell = (tx: Tx, type: string, id: string, data: Readonly<Record<string, string>> = {}) =>
    changes.append(tx, { type, entity: { kind: 'talk', id }, data });

  const wantedOf = async (
    tx: ReadTx,
    partner: TalkPartner,
    citizenId: string,
    { minutes, except = [] }: { readonly minutes: number; readonly except?: readonly string[] },
  ): Promise<TalkTimes> => {
    const now = clock.now();
    const hours = await readTalkHours(tx, partner.id);
    const { workingHours } = await readVisitRules(tx);
    const both = { workerId: partner.id, citizenId, except };
    const busy =
      hours.length === 0 ? [] : await listPlanned(tx, both, { startsAt: now, endsAt: talksUntil(now) });
    const isAtWork: TalkTimes['isAtWork'] = (stretch) => isOpen(workingHours[partner.shift], stretch);
    return { hours, busy, isAtWork, minutes, now };
  };

  /** The visit around the page: to it a time may be proposed, or it is the one that is over. */
  const around = async (tx: ReadTx, { visitId }: Guest) => {
    const [visit] = await getVisits(tx, [visitId]);
    if (visit === undefined) throw new Error('a call has a visit');
    const lengthMs = (visit.plannedEndsAt?.getTime() ?? 0) - (visit.plannedStartsAt?.getTime() ?? 0);
    // A time for what is proposed is one for its own worker and its own length.
    return visit.state === 'proposed'
      ? {
          visit,
          partner: await readPartner(tx, visit.id, 'of the visit'),
          wish: { minutes: Math.max(1, lengthMs / 60_000), except: [visit.id] },
        }
      : { visit, partner: await readPartner(tx, visit.id), wish: { minutes: talkMinutes } };
  };

  const show = async (tx: ReadTx, guest: Guest): Promise<TalkSeen> => {
    const { visit, partner, wish } = await around(tx, guest);
    return {
      partner,
      asked: await findOpenTalk(tx, visit.citizenId),
      times: timesToOffer(await wantedOf(tx, partner, visit.citizenId, wish)),
    };
  };

  /** @throws DomainError talk_hours_closed */
  const assertCanBeChosen = async (tx: ReadTx, guest: Guest, startsAt: Date): Promise<void> => {
    const { visit, partner, wish } = await around(tx, guest);
    if (!canBeChosen(startsAt, await wantedOf(tx, partner, visit.citizenId, wish)))
      throw new DomainError('talk_hours_closed');
  };

  /**
   * A wish in hand, of a citizen within reach, by the worker it is for or by who may plan for others.
   *
   * @throws DomainError not_found, not_allowed, talk_state
   */
  const take = async (tx: Tx, actor: Actor, id: string): Promise<TalkRow> => {
    const talk = await lockTalk(tx, id);
    if (talk === null) throw new DomainError('not_found', { kind: 'talk' });
    await contacts.hold(tx, actor, talk.citizen);
    if (talk.workerId !== actor.staffId && !allows(visitsPolicy, actor, 'visits:write-for-others'))
      throw new DomainError('not_allowed', { permission: 'visits:write-for-others' });
    if (talk.state !== 'asked') throw stateOf(talk);
    return talk;
  };

  return {
    show,
    assertCanBeChosen,

    /** @throws DomainError not_allowed for others than the citizen; talk_hours_closed; talk_state where one is open already */
    ask: async (tx: Tx, guest: Guest, wishedAt: Date): Promise<void> => {
      assertCitizen(guest);
      const [visit] = await getVisits(tx, [guest.visitId]);
      if (visit === undefined) throw new Error('a call has a visit');
      const { citizenId } = visit;
      const partner = await readPartner(tx, visit.id);
      const open = await findOpenTalk(tx, citizenId);
      // A second tap is the first one again.
      if (open?.wishedAt.getTime() === wishedAt.getTime()) return;
      if (open !== null) throw stateOf(open);
      const wanted = await wantedOf(tx, partner, citizenId, { minutes: talkMinutes });
      if (!canBeChosen(wishedAt, wanted)) throw new DomainError('talk_hours_closed');
      const id = await insertTalk(tx, { citizenId, workerId: partner.id, wishedAt, askedAt: clock.now() });
      if (id === null) throw stateOf({ state: 'asked' });
      await tell(tx, 'talk.asked', id, { worker: partner.initials });
      await messenger.send(tx, { citizenId }, 'talk-asked', {});
    },

    /** Takes back what is open; nothing where nothing is. @throws DomainError not_allowed */
    withdraw: async (tx: Tx, guest: Guest): Promise<void> => {
      assertCitizen(guest);
      const [visit] = await getVisits(tx, [guest.visitId]);
      for (const { id } of visit === undefined ? [] : await withdrawTalks(tx, visit.citizenId, clock.now()))
        await tell(tx, 'talk.withdrawn', id);
    },

    /** With the knowledge of who somebody is goes what they asked for. */
    onErased: async (tx: Tx, citizenId: string): Promise<void> => {
      for (const { id } of await withdrawTalks(tx, citizenId, clock.now()))
        await tell(tx, 'talk.withdrawn', id);
    },

    /** What waits for an answer of one's own, or of a colleague where one may plan for others. */
    list: async (
      tx: ReadTx,
      actor: Actor,
      worker: string | undefined,
    ): Promise<{ readonly asked: TalkRow[]; readonly proposed: Counter[] }> => {
      const { id } = worker === undefined ? { id: actor.staffId } : await getStaffByInitials(tx, worker);
      if (id !== actor.staffId && !allows(visitsPolicy, actor, 'visits:write-for-others'))
        throw new DomainError('not_allowed', { permission: 'visits:write-for-others' });
      return { asked: await listOpenTalks(tx, id), proposed: await listCounters(tx, id, clock.now()) };
    },

    /**
     * Answers with a visit by video, held until the citizen says yes or no; who wants no messages gets this one all the same,
     * since they asked.
     *
     * @throws DomainError not_found, not_allowed, talk_state, and as for planning a visit
     */
    propose: async (tx: Tx, actor: Actor, id: string, wish: ProposeBody): Promise<void> => {
      const talk = await take(tx, actor, id);
      const visit = await visits.plan(tx, actor, {
        ...wish,
        citizen: talk.citizen,
        worker: talk.worker,
        channel: 'video',
        purposes: [],
        participants: [],
        propose: true,
      });
      await answerTalk(tx, talk.id, { state: 'proposed', visitId: visit.id }, clock.now());
      await tell(tx, 'talk.answered', talk.id, { answer: 'proposed' });
      const { citizenId } = talk;
      // Everybody else is told of the proposal as of any other.
      if ((await readGroundRules(tx, citizenId)).contact === 'none')
        await messenger.send(tx, { citizenId }, 'talk-answered', {
          visitId: visit.id,
          startsAt: wish.startsAt,
          endsAt: wish.endsAt,
          answer: 'proposed',
        });
    },

    /** @throws DomainError not_found, not_allowed, talk_state */
    decline: async (tx: Tx, actor: Actor, id: string): Promise<void> => {
      const talk = await take(tx, actor, id);
      const now = clock.now();
      await answerTalk(tx, talk.id, { state: 'declined', visitId: null }, now);
      await tell(tx, 'talk.answered', talk.id, { answer: 'declined' });
      const next = await findNextVisit(tx, talk, now);
      await messenger.send(tx, { citizenId: talk.citizenId }, 'talk-answered', {
        answer: 'declined',
        ...(next === null
          ? {}
          : { startsAt: next.startsAt.toISOString(), endsAt: next.endsAt.toISOString() }),
      });
    },
  };
}
