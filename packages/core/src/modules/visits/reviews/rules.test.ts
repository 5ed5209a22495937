import { describe, expect, it } from 'vitest';
import { type ContactFacts, judgeContact } from './rules.ts';

/** A rule of two weeks, and a Tuesday: they began on Wednesday, 11 November. */
const judge = (facts: Partial<ContactFacts>) =>
  judgeContact(
    { lastVideo: '2026-11-20', videoSince: '2026-10-06', answeredOn: null, ...facts },
    2,
    '2026-11-24',
  );

describe('a review of contact by video alone', () => {
  it('is due once the weeks of the rule held nothing else', () => {
    expect(judge({})).toEqual({ videoAlone: true, due: true, weeks: 7 });
    expect(judge({ videoSince: '2026-11-10' })).toEqual({ videoAlone: true, due: true, weeks: 2 });
    expect(judge({ videoSince: '2026-11-11' })).toEqual({ videoAlone: false, due: false, weeks: 1 });
  });

  it('is not asked for where there was no video visit lately', () => {
    expect(judge({ lastVideo: '2026-11-11' }).due).toBe(true);
    expect(judge({ lastVideo: '2026-11-10' })).toMatchObject({ videoAlone: false, due: false });
  });

  it('rests for as many weeks once it was answered', () => {
    expect(judge({ answeredOn: '2026-11-11' })).toMatchObject({ videoAlone: true, due: false });
    expect(judge({ answeredOn: '2026-11-10' })).toMatchObject({ videoAlone: true, due: true });
  });
});
