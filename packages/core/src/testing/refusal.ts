import { DomainError } from '../kernel/errors.ts';

/** The error something is refused with; a test fails when it is not refused, or when it breaks instead. */
export async function refusalOf(attempt: Promise<unknown>): Promise<DomainError> {
  const error = await attempt.then(
    () => new Error('it was not refused'),
    (caught: unknown) => caught,
  );
  if (error instanceof DomainError) return error;
  throw error;
}
