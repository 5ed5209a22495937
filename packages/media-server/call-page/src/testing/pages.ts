import type { CallPage } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';

export const hostId = '11111111-1111-4111-8111-111111111111';
export const citizenId = '22222222-2222-4222-8222-222222222222';
export const guestId = '33333333-3333-4333-8333-333333333333';

const at = '2026-11-24T09:00:00Z';

export function emptyExchange(): Seat['exchange'] {
  return { commitment: null, hostKey: null, publicKey: null, nonce: null, epoch: 0, wrappedKey: null };
}

export function aSeat(id: string, kind: Seat['kind'], changes: Partial<Seat> = {}): Seat {
  return {
    id,
    kind,
    role: null,
    initials: kind === 'worker' ? 'MHO' : null,
    state: 'invited',
    since: at,
    waitingSince: null,
    present: false,
    gone: null,
    byPhone: false,
    tests: [],
    canEncrypt: null,
    exchange: emptyExchange(),
    ...changes,
  };
}

/** A page as core gives it, seen by one seat. */
export function aPage(seat: string, seats: readonly Seat[], changes: Partial<CallPage> = {}): CallPage {
  const me = seats.find(({ id }) => id === seat) ?? aSeat(seat, 'citizen');
  return {
    version: 1,
    now: at,
    municipality: 'Testkommune',
    isDemo: true,
    helpPhone: null,
    acutePhone: null,
    language: 'da',
    state: 'prepared',
    visit: {
      startsAt: at,
      endsAt: '2026-11-24T09:30:00Z',
      opensAt: '2026-11-24T08:45:00Z',
      closesAt: '2026-11-24T13:30:00Z',
      state: 'planned',
      proposedBy: null,
      worker: 'Mette',
      purposes: [],
      agenda: null,
      next: null,
    },
    me: {
      seat,
      kind: me.kind,
      isHost: me.kind === 'worker',
      state: me.state,
      waitingSince: me.waitingSince,
    },
    seats: [...seats],
    encryption: null,
    aloneSince: null,
    company: null,
    groundRules: { caller: 'worker', afterMinutes: 5, speakAgain: 'same-day', phoneEnds: '12' },
    failure: null,
    minutes: me.kind === 'worker' ? 0 : null,
    plan: null,
    ...changes,
  };
}
