import { describe, expect, it } from 'vitest';
import { problemLines } from './problems.ts';

const problem = (line: number, reason = 'not_a_date') => ({
  line,
  column: 7,
  heading: 'Startdato',
  shown: '31-02-2025',
  reason,
  params: {},
});

describe('the faults of a file', () => {
  it('are shown with line, column, value and the reason in words', () => {
    const text = problemLines([problem(3)], { all: false, total: 1 }).join('\n');
    expect(text).toMatch(/^Linje +Kolonne +Værdi +Grund/);
    expect(text).toMatch(/3 +Startdato +31-02-2025 +Skriv en dato/);
  });

  it('are counted by reason beyond the twentieth, with the way to see them', () => {
    const many = Array.from({ length: 30 }, (_, at) => problem(at + 2, at < 25 ? 'not_a_date' : 'missing'));
    const text = problemLines(many, { all: false, total: 500 }).join('\n');
    expect(text).toContain('… og 480 mere:');
    expect(text).toMatch(/5 × Skriv en dato/);
    expect(text).toMatch(/470 × uden for/);
    expect(text).toContain('--all');
    expect(problemLines(many, { all: true, total: 30 }).join('\n')).not.toContain('mere:');
  });

  it('name a whole row where no column is meant, and a reason from a newer service as it is', () => {
    const text = problemLines([{ ...problem(3, 'brand_new'), column: null, heading: null }], {
      all: false,
      total: 1,
    }).join('\n');
    expect(text).toContain('hele rækken');
    expect(text).toContain('brand_new');
  });
});
