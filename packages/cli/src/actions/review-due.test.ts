import { expect, it } from 'vitest';
import { reviewState } from './review-due.ts';

it.each([
  [null, '2026-11-24', 'never'],
  ['2026-11-24', '2026-11-24', 'fresh'],
  ['2025-11-24', '2026-11-24', 'fresh'],
  ['2025-11-23', '2026-11-24', 'overdue'],
  ['2024-02-29', '2025-02-28', 'fresh'],
  ['2024-02-29', '2025-03-01', 'overdue'],
  ['2019-12-31', '2026-01-01', 'overdue'],
] as const)('ground rules reviewed on %s are, on %s, %s', (reviewedOn, today, state) => {
  expect(reviewState(reviewedOn, today)).toBe(state);
});
