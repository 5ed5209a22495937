import { describe, expect, it } from 'vitest';
import { openCheckpoint, verifyNote } from '../ledger/index.ts';
import { inventHistory } from './history.ts';
import { publishedCourse } from './history-published.ts';
import { historyLeaves } from './history-rows.ts';

describe('the joint course of 2015-16', () => {
  const history = inventHistory();
  const totals = new Map(history.months.map(({ month, exact }) => [month, exact[0]?.counts ?? {}]));
  const received = (month: string): number => totals.get(month)?.hasReceived ?? 0;

  it('agrees with everything that is published', () => {
    const { members, hasReceived, tenPercent, itReady, workers, targetGroup } = publishedCourse;
    const inTheEnd = history.members.map((member) => ({
      citizens: member.hasReceived.at(-1),
      workers: member.workers,
    }));
    expect(inTheEnd).toHaveLength(members.count);
    expect(inTheEnd.at(0)).toEqual(members.largest);
    expect(inTheEnd.at(-1)).toEqual(members.smallest);
    expect(received('2016-06')).toBe(hasReceived.citizens);
    expect(received('2016-02')).toBeLessThan(tenPercent.citizens);
    expect(received('2016-03')).toBeGreaterThanOrEqual(tenPercent.citizens);
    expect(history.members.map(({ from }) => from)).toEqual([
      ...Array.from({ length: itReady.atStart }, () => publishedCourse.from),
      ...itReady.afterwards,
    ]);
    expect(totals.get('2016-06')).toMatchObject({
      'workers.employed': workers.employed,
      'workers.active': workers.active,
    });
    expect(history.members.reduce((sum, member) => sum + member.targetGroup, 0)).toBe(targetGroup);
  });

  it('is the same each time it is made', () => {
    const again = inventHistory();
    expect(again.contributions).toEqual(history.contributions);
    expect(again.months).toEqual(history.months);
  });

  it('is made of contributions that the members signed, each with a checkpoint of its log', () => {
    for (const { memberId, note, figures } of history.contributions) {
      const member = history.members.find(({ id }) => id === memberId);
      const verifiers = member === undefined ? [] : [member.signer.verifier];
      const { text } = verifyNote(note, verifiers);
      const last = JSON.parse(text.split('\n')[3] ?? '') as { checkpoint: string };
      expect(String(openCheckpoint(last.checkpoint, verifiers).size)).toBe(figures.size);
    }
  });

  it('never falls, member by member', () => {
    for (const { hasReceived } of history.members)
      expect(hasReceived.every((count, nth) => nth === 0 || count >= (hasReceived[nth - 1] ?? 0))).toBe(true);
  });

  it('gives the joint total and hides the small members', () => {
    const last = history.months.at(-1);
    expect(last?.shown[0]?.hasReceived).toBe(190);
    expect(last?.shown.at(-1)?.hasReceived).toBe('hidden');
  });

  it('is told to the ledger as of then, in the order of time', () => {
    const times = historyLeaves('system').map(({ occurredAt }) => occurredAt.toISOString());
    expect(times).toEqual(times.toSorted());
    expect(times.at(0)).toMatch(/^2015-01-01/);
    expect(times.at(-1)).toMatch(/^2016-07-06/);
  });
});
