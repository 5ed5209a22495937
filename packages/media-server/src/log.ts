import type { Logger } from 'pino';

/** What the parts log with: sids only at `info` and above, never names, contents or addresses of people. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
