export { firstDayOf, isOver, lastDayOf, monthOf, monthsOver, nextMonth } from './calendar.ts';
export { addCounts, type Counts, countPaths } from './counts.ts';
export { createMonths, type Months, type MonthsDeps, signedSize, tellPublished } from './publishing.ts';
export { registerMonthsRoutes } from './routes.ts';
export {
  type ExactUnit,
  type KeptMonth,
  keptMonths,
  type MonthSpan,
  requireMonth,
  saltedHash,
  shownMonths,
} from './store.ts';
export { createGuard, type Guard } from './suppression.ts';
