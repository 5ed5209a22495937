import { describe, expect, it } from 'vitest';
import { type Role, roles } from '../../contract/index.ts';
import { DomainError, describeError } from '../../kernel/errors.ts';
import { allows, type PermissionOf } from '../identity/index.ts';
import { roomsPolicy } from './policy.ts';
import {
  assertBookable,
  assertMayCancel,
  assertMayCheckIn,
  assertMayMove,
  byFit,
  type RoomFacts,
  wrongState,
} from './rules.ts';

const now = new Date('2026-11-24T09:00:00Z');
const span = (startsAt: string, endsAt: string) => ({
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
});
const codeOf = (attempt: () => void): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'allowed';
};

describe('a time', () => {
  it.each([
    ['2026-11-24T08:55:00Z', '2026-11-24T09:25:00Z', 'allowed'],
    ['2026-11-24T08:54:59Z', '2026-11-24T09:25:00Z', 'booking_past'],
    ['2028-11-24T08:30:00Z', '2028-11-24T09:00:00Z', 'allowed'],
    ['2028-11-24T08:30:00Z', '2028-11-24T09:00:01Z', 'booking_too_far'],
  ])('from %s to %s is %s', (from, to, outcome) => {
    expect(codeOf(() => assertBookable(span(from, to), now))).toBe(outcome);
  });
});

describe('a booking', () => {
  const soon = {
    ...span('2026-11-24T09:15:00Z', '2026-11-24T09:45:00Z'),
    state: 'booked' as const,
    roomId: 'a',
  };
  const running = {
    ...span('2026-11-24T08:30:00Z', '2026-11-24T09:30:00Z'),
    state: 'checked-in' as const,
    roomId: 'a',
  };

  it('that has lapsed says so in a whole sentence', () => {
    const { code, params } = wrongState('lapsed');
    expect(describeError(code, params, 'da').what).toBe(
      'Bookingen er bortfaldet, fordi ingen tjekkede ind, og kan ikke ændres på den måde.',
    );
  });

  it('is checked in to from a quarter of an hour before, and only while it is booked', () => {
    expect(codeOf(() => assertMayCheckIn(soon, now))).toBe('allowed');
    expect(codeOf(() => assertMayCheckIn(soon, new Date(now.getTime() - 1)))).toBe('check_in_early');
    for (const state of ['checked-in', 'lapsed', 'cancelled'] as const) {
      expect(codeOf(() => assertMayCheckIn({ ...soon, state }, now))).toBe('booking_state');
    }
  });

  it('is cancelled until it is over', () => {
    expect(codeOf(() => assertMayCancel(running, now))).toBe('allowed');
    expect(codeOf(() => assertMayCancel(running, running.endsAt))).toBe('booking_past');
    for (const state of ['lapsed', 'cancelled'] as const)
      expect(codeOf(() => assertMayCancel({ ...soon, state }, now))).toBe('booking_state');
  });

  it('is moved while nobody is in the room; who is in it can stay longer or leave earlier', () => {
    const later = { ...span('2026-11-24T11:00:00Z', '2026-11-24T11:30:00Z'), roomId: 'b' };
    expect(codeOf(() => assertMayMove(soon, later, now))).toBe('allowed');
    expect(codeOf(() => assertMayMove(running, later, now))).toBe('booking_state');
    expect(codeOf(() => assertMayMove(running, { ...running, endsAt: later.startsAt }, now))).toBe('allowed');
    expect(codeOf(() => assertMayMove(running, { ...running, roomId: 'b' }, now))).toBe('booking_state');
    expect(
      codeOf(() =>
        assertMayMove(soon, { ...span('2026-11-24T07:00:00Z', '2026-11-24T07:30:00Z'), roomId: 'a' }, now),
      ),
    ).toBe('booking_past');
    expect(codeOf(() => assertMayMove({ ...soon, state: 'lapsed' }, later, now))).toBe('booking_state');
  });
});

describe('the best fit', () => {
  const room = (name: string, facts: Partial<RoomFacts>): RoomFacts => ({
    id: name,
    siteId: 's',
    siteName: 'Rådhuset',
    name,
    kind: 'booth',
    seats: 1,
    features: [],
    openingHours: [],
    bufferMinutes: 0,
    active: true,
    ...facts,
  });

  it('has the fewest features and seats that nobody needs, and is the most private', () => {
    const rooms = [
      room('udstyret', { features: ['camera', 'screen', 'wired'] }),
      room('stor', { features: ['camera'], seats: 6 }),
      room('kontor', { features: ['camera'], kind: 'office' }),
      room('boks 10', { features: ['camera'] }),
      room('boks 2', { features: ['camera'] }),
    ];
    expect(rooms.sort(byFit({ features: ['camera'], seats: 1 })).map((one) => one.name)).toEqual([
      'boks 2',
      'boks 10',
      'kontor',
      'stor',
      'udstyret',
    ]);
  });
});

describe('the policy of rooms', () => {
  const readers = [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'it-support',
    'night-watch',
    'peer-supporter',
    'caseworker',
    'administrator',
  ];
  const bookers = readers.filter((role) => role !== 'peer-supporter');
  const expected: Record<PermissionOf<'rooms'>, readonly string[]> = {
    'rooms:read': readers,
    'rooms:write': ['coordinator', 'administrator'],
    'rooms:book': bookers,
    'rooms:book-for-others': ['super-user', 'coordinator', 'leader', 'administrator'],
  };
  const actor = (role: Role) => ({
    municipalityId: 'm',
    staffId: 's',
    initials: 'X',
    teamId: null,
    roles: [role],
    scopes: null,
    tokenId: 't',
    tokenExpiresAt: now,
    isDemo: false,
  });

  it.each(Object.entries(expected))('gives %s to these roles and to no other', (permission, allowed) => {
    const given = roles.filter((role) =>
      allows(roomsPolicy, actor(role), permission as PermissionOf<'rooms'>),
    );
    expect(given.toSorted()).toEqual(allowed.toSorted());
  });

  it('gives nothing that a token leaves out', () => {
    const narrow = { ...actor('administrator'), scopes: ['rooms:read' as const] };
    expect(allows(roomsPolicy, narrow, 'rooms:read')).toBe(true);
    expect(allows(roomsPolicy, narrow, 'rooms:book')).toBe(false);
  });
});
