import { type DestinationStream, type Logger, pino } from 'pino';
import { DomainError } from '../kernel/errors.ts';
import { findViolation } from '../storage/index.ts';

export type Log = Logger;

/**
 * What a log may say of an error. Messages of PostgreSQL and Prisma quote values ("Failing row contains …"), so of those
 * only the state, the constraint and the places in the code are told.
 */
export function describeForLog(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const frames = framesOf(error);
  if (error instanceof DomainError) {
    return {
      code: error.code,
      ...(error.cause === undefined ? {} : { cause: describeForLog(error.cause) }),
      frames: frames.slice(0, 3),
    };
  }
  const violation = findViolation(error);
  const quotesValues =
    violation !== null ||
    error.name.startsWith('Prisma') ||
    'clientVersion' in error ||
    // The parser of JSON quotes what it could not read.
    error instanceof SyntaxError;
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(violation === null ? {} : { state: violation.state, constraint: violation.constraint }),
    ...(quotesValues ? {} : { message: error.message.slice(0, 500) }),
    frames,
  };
}

/** The places in the code; the message, which stands above them in the stack, may hold lines that look like one. */
function framesOf({ stack = '', message }: Error): string[] {
  const end = stack.lastIndexOf(message);
  return (end === -1 ? stack : stack.slice(end + message.length))
    .split('\n')
    .filter((line) => /^\s+at (.+ \()?(file:|node:|\/|[A-Z]:\\|<anonymous>).*\)?$/.test(line))
    .slice(0, 12)
    .map((line) => line.trim());
}

/** JSON lines; times as ISO 8601. Nothing but what is named by our own code is logged: no headers, bodies or URLs. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeForLog, error: describeForLog },
    // The last guard, should a later field carry one of these by mistake.
    redact: {
      paths: [
        'token',
        'secret',
        'password',
        'authorization',
        '*.token',
        '*.secret',
        '*.password',
        '*.authorization',
        '*.phone',
        '*.email',
        '*.address',
        '*.reference',
      ],
      censor: '[hidden]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
