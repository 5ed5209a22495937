import { describe, expect, it } from 'vitest';
import { followUpKinds, handbookActivities } from '../../../contract/index.ts';
import { handbook } from './handbook.ts';

describe('the handbook', () => {
  it('holds its 16 activities in order: 9 of preparation, 6 of implementation, 1 of operation', () => {
    expect(handbook.map(({ code }) => code)).toEqual(handbookActivities);
    const count = (phase: string) => handbook.filter((entry) => entry.phase === phase).length;
    expect([count('preparation'), count('implementation'), count('operation')]).toEqual([9, 6, 1]);
  });

  it('names the six standing follow-ups in operation', () => {
    expect(handbook.at(-1)?.steps).toHaveLength(followUpKinds.length);
  });

  it('says everything in both languages, without a full stop at the end', () => {
    const texts = handbook.flatMap((entry) => [entry, ...entry.steps, entry.pitfall]);
    for (const { da, en } of texts) {
      expect(da.length, en).toBeGreaterThan(3);
      expect(en.length, da).toBeGreaterThan(3);
      expect([da, en].filter((text) => text.endsWith('.'))).toEqual([]);
    }
  });

  it('has something of each track before the trial', () => {
    const before = handbook.filter(({ phase }) => phase === 'preparation').flatMap(({ tracks }) => tracks);
    expect(new Set(before)).toEqual(new Set(['it', 'method']));
  });
});
