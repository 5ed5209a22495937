/** Everything that other packages may know of core: shapes, routes, closed lists, errors and what people write. */
export { parseCitizenCode } from '../kernel/citizen-code.ts';
export { errorTexts } from '../kernel/error-texts.ts';
export {
  DomainError,
  describeError,
  type ErrorCode,
  type ErrorParams,
  type Language,
} from '../kernel/errors.ts';
export * from './call-codes.ts';
export * from './call-page.ts';
export * from './calls.ts';
export * from './citizens.ts';
export * from './demo.ts';
export { demoHeader } from './demo-header.ts';
export * from './granted.ts';
export * from './ground-rules.ts';
export * from './hand-off.ts';
export * from './identity.ts';
export { describeRowReason, type RowReason, rowReasons } from './import-reasons.ts';
export * from './imports.ts';
export { type KeyExchange, keyExchange } from './key-exchange.ts';
export * from './ledger.ts';
export * from './measures.ts';
export * from './messages.ts';
export * from './operations.ts';
export * from './permissions.ts';
export * from './plans.ts';
export * from './programme.ts';
export * from './programme-codes.ts';
export * from './rooms.ts';
export * from './route.ts';
export * from './routes.ts';
export * from './talks.ts';
export * from './visit-rules.ts';
export * from './visits.ts';
