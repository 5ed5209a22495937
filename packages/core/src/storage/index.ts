export { advisoryLocks } from './advisory-locks.ts';
export { type Ask, askIn, askOn } from './ask.ts';
export { type Change, type ChangeEvents, createChangeEvents } from './change-events.ts';
export { type ChangeListener, createChangeListener } from './change-listener.ts';
export {
  type Database,
  type DatabaseLogins,
  openDatabase,
  type ReadTx,
  type Tx,
  type WriteOptions,
  withinMunicipality,
} from './database.ts';
export { lockHome, startEmbeddedPostgres } from './embedded/index.ts';
export { type OutboxMessage as OutboxMessageRow, Prisma } from './generated/client.ts';
export { createIdempotency, type Idempotency } from './idempotency.ts';
export { ensureLogins, type LoginPasswords, makeLoginPasswords } from './logins.ts';
export { migrate } from './migrations.ts';
export { type OpenedStorage, openStorage } from './open.ts';
export { createOutbox, type Outbox, type OutboxDraft } from './outbox.ts';
export { type AfterPlacing, createSequencer, type Sequencer } from './sequencer.ts';
export { queryHot } from './transaction.ts';
export { findViolation, type Violation, violatedConstraint } from './violations.ts';
export { withClient } from './with-client.ts';
