import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import { type Allowance, startTestApp, type TestApp, walkAccess } from '../testing/index.ts';

/**
 * Who may what, written out from what each role does (domain page, section 1), apart from the policies of the modules.
 * A support worker and a super-user see the citizens of their team and those they support, nobody else's.
 */
const everybody = ['municipality:read', 'tokens:own'] as const;
const allowance: Allowance = {
  'support-worker': {
    all: [...everybody, 'staff:read', 'rooms:read', 'rooms:book', 'events:read'],
    near: [
      'citizens:read',
      'citizens:write',
      'citizens:step',
      'citizens:assess',
      'citizens:read-identity',
      'citizens:write-identity',
      'citizens:find',
    ],
  },
  'super-user': {
    all: [...everybody, 'staff:read', 'rooms:read', 'rooms:book', 'rooms:book-for-others', 'events:read'],
    near: ['citizens:read'],
  },
  coordinator: {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:write',
      'rooms:book',
      'rooms:book-for-others',
      'events:read',
      'ledger:read',
      'citizens:read',
      'citizens:write',
      'citizens:step',
      'citizens:assess',
      'citizens:read-identity',
      'citizens:write-identity',
      'citizens:find',
      'citizens:read-accesses',
      'citizens:erase',
      'citizens:import',
      'citizens:export',
      'citizens:export-identities',
    ],
  },
  'cross-municipal-lead': { all: everybody },
  leader: {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'rooms:book-for-others',
      'events:read',
      'ledger:read',
      'citizens:read',
      'citizens:read-accesses',
      'citizens:export',
    ],
  },
  'it-support': {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'events:read',
      'operations:read',
      'operations:retry',
    ],
  },
  'night-watch': {
    all: [...everybody, 'staff:read', 'rooms:read', 'rooms:book', 'events:read', 'citizens:find'],
  },
  'peer-supporter': { all: [...everybody, 'rooms:read'] },
  'data-protection-officer': {
    all: [
      ...everybody,
      'staff:read',
      'events:read',
      'ledger:read',
      'citizens:read',
      'citizens:read-accesses',
      'citizens:erase',
    ],
  },
  'it-auditor': { all: [...everybody, 'staff:read', 'events:read', 'ledger:read', 'operations:read'] },
  caseworker: {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'events:read',
      'citizens:read',
      'citizens:write',
      'citizens:step',
      'citizens:assess',
      'citizens:read-identity',
      'citizens:write-identity',
      'citizens:find',
    ],
  },
  administrator: {
    all: [
      ...everybody,
      'municipality:write',
      'staff:read',
      'staff:write',
      'tokens:manage',
      'rooms:read',
      'rooms:write',
      'rooms:book',
      'rooms:book-for-others',
      'events:read',
      'ledger:read',
      'operations:read',
      'operations:retry',
      'citizens:read',
      'citizens:write',
      'citizens:import',
      'citizens:export',
    ],
  },
  operator: { all: [...everybody, 'municipality:create', 'operations:read', 'operations:rotate-master-key'] },
};

const clock = () => new ManualClock('2026-11-24T08:00:00Z');

describe('every operation, asked by everybody', () => {
  let running: TestApp;
  beforeAll(async () => {
    running = await startTestApp({ clock: clock() });
  });
  afterAll(() => running.close());

  it('answers those who may, and shows and changes nothing for those who may not', {
    timeout: 120_000,
  }, async () => {
    expect(await walkAccess(running, allowance)).toEqual([]);
  });
});
