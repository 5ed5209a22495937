export { createMonths, type Months, type MonthsDeps } from './publishing.ts';
export { registerMonthsRoutes } from './routes.ts';
export { type MonthSpan, shownMonths } from './store.ts';
