/** What PostgreSQL refused, read from the errors of both drivers without ever passing on the values in their messages. */
export interface Violation {
  /** SQLSTATE, five characters. */
  readonly state: string;
  readonly constraint: string | null;
}

/** The classes of PostgreSQL's appendix A; neither Prisma's P2002 nor Node's EPIPE is one of them. */
const stateShape = /^(\d[0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;

/** Null when the error did not come from PostgreSQL. */
export function findViolation(error: unknown): Violation | null {
  for (
    let current: unknown = error, depth = 0;
    isObject(current) && depth < 6;
    current = next(current), depth += 1
  ) {
    const state = [current.originalCode, current.code, current.sqlState].find(
      (value): value is string => typeof value === 'string' && stateShape.test(value),
    );
    const prismaOnly = current.kind === 'UniqueConstraintViolation' ? '23505' : undefined;
    const found = state ?? prismaOnly;
    if (found === undefined) continue;
    const message =
      [current.originalMessage, current.message].find(
        (value): value is string => typeof value === 'string',
      ) ?? '';
    const constraint = typeof current.constraint === 'string' ? current.constraint : lastQuoted(message);
    return { state: found, constraint: found.startsWith('23') ? constraint : null };
  }
  return null;
}

/** The name of the constraint that was violated, or null. */
export function violatedConstraint(error: unknown): string | null {
  return findViolation(error)?.constraint ?? null;
}

/** Whether trying the same transaction again can succeed: a broken deadlock or a serialization failure. */
export function isPassing(error: unknown): boolean {
  const state = findViolation(error)?.state;
  return state === '40P01' || state === '40001';
}

/**
 * Prisma passes on PostgreSQL's message alone, where the constraint is the last quoted word. The quotes differ with the
 * language of the server, which only its superuser can change.
 */
function lastQuoted(message: string): string | null {
  return [...message.matchAll(/["„»«“](\w+)["“«»”]/g)].at(-1)?.[1] ?? null;
}

function next(error: Record<string, unknown>): unknown {
  const { meta, cause } = error;
  if (isObject(meta) && isObject(meta.driverAdapterError)) return meta.driverAdapterError;
  return cause;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
