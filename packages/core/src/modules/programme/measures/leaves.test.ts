import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../kernel/errors.ts';
import { idOf, leafOf, type Told, visitTold } from './fixture.ts';
import { readLeaves } from './leaves.ts';

const reading = (...bytes: readonly Uint8Array[]) =>
  readLeaves(bytes.map((entry, nth) => ({ index: BigInt(nth), entry })));
const read = (...told: readonly Told[]) => reading(...told.map(leafOf));
const aVisit = (changes: Partial<Parameters<typeof visitTold>[0]> = {}): Told =>
  visitTold({
    visit: idOf('visit', 1),
    subject: idOf('subject', 1),
    worker: idOf('worker', 1),
    at: '2026-03-02T09:00:00.000Z',
    ...changes,
  });

describe('the leaves of a log', () => {
  it.each(['held', 'cancelled', 'futile', 'failed', 'followed-up'] as const)(
    'tell of a visit that ended as %s',
    (state) => {
      const { visits } = read(aVisit({ state }));
      expect(visits[0]?.ended).toMatchObject({ state, on: '2026-03-02', minutes: { video: 30 } });
    },
  );

  it.each(['planned', 'proposed', 'open'] as const)('tell that a visit that is %s has not ended', (state) => {
    expect(read(aVisit({ state })).visits).toEqual([{ index: 0n, visit: idOf('visit', 1), ended: null }]);
  });

  it('keep no more of a visit than what is asked for', () => {
    expect(read(aVisit()).visits[0]?.ended).toEqual({
      subject: idOf('subject', 1),
      worker: idOf('worker', 1),
      team: null,
      on: '2026-03-02',
      channel: 'video',
      state: 'held',
      minutes: { video: 30, physical: 0, phone: 0 },
    });
  });

  it('count a visit to the day that it was in Denmark, winter and summer', () => {
    const dayOf = (at: string) => read(aVisit({ at })).visits[0]?.ended?.on;
    expect(dayOf('2026-01-31T22:59:00.000Z')).toBe('2026-01-31');
    expect(dayOf('2026-01-31T23:00:00.000Z')).toBe('2026-02-01');
    expect(dayOf('2026-06-30T21:59:00.000Z')).toBe('2026-06-30');
    expect(dayOf('2026-06-30T22:00:00.000Z')).toBe('2026-07-01');
  });

  it('tell of staff whether they are support workers, and of nobody who they are', () => {
    const staff = idOf('worker', 1);
    const occurredAt = '2026-02-01T08:00:00.000Z';
    const { others } = read(
      { occurredAt, entry: { type: 'staff.registered', staff, roles: ['support-worker', 'super-user'] } },
      { occurredAt, entry: { type: 'staff.changed', staff, roles: ['leader'] } },
      { occurredAt, entry: { type: 'staff.prepared', staff, preparation: 'trained', on: '2026-01-15' } },
    );
    expect(others.map(({ type, staff: who, code, on, data }) => [type, who, code, on, data])).toEqual([
      ['staff.registered', staff, 'support-worker', '2026-02-01', {}],
      ['staff.changed', staff, null, '2026-02-01', {}],
      ['staff.prepared', staff, 'trained', '2026-01-15', {}],
    ]);
  });

  it('tell of a plan what a milestone was and when it was set', () => {
    const programme = idOf('programme', 1);
    const needs = [{ kind: 'measure', measure: 'has-received', atLeast: 50 }] as const;
    const { others } = read({
      occurredAt: '2026-02-01T08:00:00.000Z',
      entry: { type: 'milestone.set', programme, milestone: 'M3', due: '2026-10-31', needs, removed: false },
    });
    expect(others).toEqual([
      {
        index: 0n,
        type: 'milestone.set',
        subject: null,
        staff: null,
        team: null,
        programme,
        code: 'M3',
        on: '2026-02-01',
        data: { due: '2026-10-31', needs, removed: false },
      },
    ]);
  });

  it('may tell of what is not known here', () => {
    const later = Buffer.from(
      '{"actor":"system","entry":{"type":"robot.met"},"occurredAt":"2026-02-01T08:00:00.000Z","recordedAt":"2026-02-01T08:00:00.000Z","v":1}',
    );
    expect(reading(later)).toEqual({ visits: [], others: [] });
  });

  it.each([
    ['no JSON', Buffer.from('{"v":1')],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['another version', Buffer.from('{"v":2,"occurredAt":"2026-02-01T08:00:00.000Z","entry":{"type":"a"}}')],
    ['a visit without minutes', Buffer.from(leafOf(aVisit()).toString().replace('"minutes"', '"seconds"'))],
    ['a day that is none', leafOf(aVisit({ at: '2026-02-30T09:00:00.000Z' }))],
  ])('are named where they cannot be read: %s', (_, broken) => {
    expect(() => reading(leafOf(aVisit()), leafOf(aVisit()), broken)).toThrow(
      expect.objectContaining({ code: 'ledger_unsound', params: { index: '2' } }),
    );
    expect(() => reading(broken)).toThrow(DomainError);
  });
});
