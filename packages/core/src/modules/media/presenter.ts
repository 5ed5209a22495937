import type { Call, CallPage, Seat } from '../../contract/index.ts';
import { type PlanRow, presentPlan } from '../citizens/index.ts';
import type { Failure } from './failure-rules.ts';
import { noExchange } from './key-exchange.ts';
import type { PageVisit } from './page-store.ts';
import type { CallRow, SeatRow } from './store.ts';

export const presentSeat = (seat: SeatRow): Seat => ({
  id: seat.id,
  kind: seat.kind,
  role: seat.role,
  initials: seat.initials,
  state: seat.state,
  since: seat.since.toISOString(),
  waitingSince: seat.waitingSince?.toISOString() ?? null,
  present: seat.present,
  gone: seat.gone,
  byPhone: seat.byPhone,
  tests: [...seat.tests],
  canEncrypt: seat.canEncrypt,
  exchange: {
    commitment: seat.commitment,
    hostKey: seat.hostKey,
    publicKey: seat.publicKey,
    nonce: seat.nonce,
    epoch: seat.epoch,
    wrappedKey: seat.wrappedKey,
  },
});

/**
 * Another's seat for whoever is no host: that they are there, and not what their device can. Of the host's exchange the mark
 * stays by which a page sees that the host's page is another one now.
 */
const presentOther = (seat: SeatRow): Seat => ({
  ...presentSeat(seat),
  tests: [],
  canEncrypt: null,
  exchange: {
    ...noExchange,
    epoch: 0,
    commitment: seat.kind === 'worker' ? seat.commitment : null,
  },
});

const presentFailure = (failure: Failure | null): Call['failure'] =>
  failure === null
    ? null
    : { ...failure, at: failure.at.toISOString(), phonesBy: failure.phonesBy.toISOString() };

export const presentCall = (
  call: CallRow,
  seats: readonly SeatRow[],
  { citizen, worker }: Pick<PageVisit, 'citizen' | 'worker'>,
  more: { readonly minutes: number; readonly failure: Failure | null },
): Call => ({
  id: call.id,
  visit: call.visitId,
  citizen,
  worker,
  state: call.state,
  opensAt: call.opensAt.toISOString(),
  closesAt: call.closesAt.toISOString(),
  encryption: call.encryption,
  aloneSince: call.aloneSince?.toISOString() ?? null,
  seats: seats.map(presentSeat),
  failure: presentFailure(more.failure),
  minutes: more.minutes,
});

export interface PageFacts {
  readonly visit: PageVisit;
  readonly agenda: string | null;
  readonly helpPhone: string | null;
  readonly acutePhone: string | null;
  readonly rules: Pick<CallPage['groundRules'], 'caller' | 'afterMinutes' | 'speakAgain'>;
  readonly phoneEnds: string | null;
  readonly failure: Failure | null;
  /** For the host. */
  readonly minutes: number | null;
  /** Null also for those who may not look at it. */
  readonly plan: PlanRow | null;
}

export function presentPage(
  call: CallRow,
  seats: readonly SeatRow[],
  me: SeatRow,
  facts: PageFacts,
  now: Date,
): CallPage {
  const isHost = me.kind === 'worker';
  const { visit } = facts;
  const isSeen = (seat: SeatRow) => seat.kind === 'worker' || seat.state === 'admitted' || seat.present;
  return {
    version: call.version,
    now: now.toISOString(),
    municipality: visit.municipality,
    isDemo: visit.isDemo,
    helpPhone: facts.helpPhone,
    acutePhone: facts.acutePhone,
    language: me.language,
    state: call.state,
    visit: {
      startsAt: (visit.startsAt ?? call.opensAt).toISOString(),
      endsAt: (visit.endsAt ?? call.closesAt).toISOString(),
      opensAt: call.opensAt.toISOString(),
      closesAt: call.closesAt.toISOString(),
      state: visit.state,
      proposedBy: visit.proposedBy,
      worker: firstName(visit.workerName),
      purposes: isHost ? [...visit.purposes] : [],
      agenda: facts.agenda,
      // A guest has no part in what is planned besides this meeting.
      next:
        visit.next === null || me.kind === 'guest'
          ? null
          : { startsAt: visit.next.startsAt.toISOString(), channel: visit.next.channel },
    },
    me: {
      seat: me.id,
      kind: me.kind,
      isHost,
      state: me.state,
      waitingSince: me.waitingSince?.toISOString() ?? null,
    },
    seats: seats.flatMap((seat) =>
      isHost || seat.id === me.id ? [presentSeat(seat)] : isSeen(seat) ? [presentOther(seat)] : [],
    ),
    encryption: call.encryption,
    aloneSince: call.aloneSince?.toISOString() ?? null,
    company: call.company,
    groundRules: { ...facts.rules, phoneEnds: facts.phoneEnds },
    failure: presentFailure(facts.failure),
    minutes: facts.minutes,
    plan: facts.plan === null ? null : presentPlan(facts.plan),
  };
}

export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? '';
