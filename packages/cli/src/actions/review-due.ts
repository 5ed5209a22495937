/** A review of ground rules holds for twelve months. */
export type ReviewState = 'never' | 'overdue' | 'fresh';

/** How a review stands on a day; both are "YYYY-MM-DD". What was gone through a year ago today is still fresh. */
export function reviewState(reviewedOn: string | null, today: string): ReviewState {
  if (reviewedOn === null) return 'never';
  const aYearLater = `${Number(reviewedOn.slice(0, 4)) + 1}${reviewedOn.slice(4)}`;
  return aYearLater < today ? 'overdue' : 'fresh';
}
