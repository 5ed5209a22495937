import { styleText } from 'node:util';
import { ApiError, Unreachable } from '@naer/core/client';
import { DomainError, describeError } from '@naer/core/contract/errors';
import { language, say } from '../language.ts';
import { innerTopicTexts } from '../topics.ts';
import { wrap } from '../ui/table.ts';
import { CliError, describeCliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { readUsageError } from './usage.ts';

/** What a failed command says: on standard error for people, as `{ "error": … }` on standard output under `--json`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly exit: number;
  readonly params: Readonly<Record<string, string | number>>;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
}

/** Turns anything thrown into what a person can act on. `command` is the command as it was written. */
export function describeFailure(thrown: unknown, command: string): Failure {
  const error = translate(thrown, command);
  if (error instanceof DomainError) {
    const { what, next } = describeError(error.code, error.params, language());
    const failure = {
      code: error.code,
      message: what,
      next,
      exit: exitCodes[error.code],
      params: error.params,
      details: error.details,
    };
    return error instanceof ApiError ? { ...failure, requestId: error.problem.requestId } : failure;
  }
  if (error instanceof CliError) {
    const { what, next } = describeCliError(error);
    const exit = exitCodes[error.code];
    return { code: error.code, message: what, next, exit, params: error.params, details: error.details };
  }
  return {
    code: 'bug',
    message: say(
      'Der skete en fejl i naer selv. Det er ikke noget, du har gjort.',
      'Something failed in naer itself. It is nothing you did.',
    ),
    next: say(
      'Kør igen med NAER_DEBUG=1, og send teksten til it-support.',
      'Run again with NAER_DEBUG=1, and send the text to IT support.',
    ),
    exit: exitCodes.bug,
    params: {},
    details: {},
  };
}

/** Writes the failure where it belongs and returns the exit code. A stack is shown only with `NAER_DEBUG`. */
export async function reportFailure(
  thrown: unknown,
  context: { readonly argv: readonly string[]; readonly json: boolean; readonly debug: boolean },
): Promise<number> {
  const failure = describeFailure(thrown, commandOf(context.argv));
  if (context.json) {
    const { exit: _exit, ...error } = failure;
    process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
  } else {
    const stream = { stream: process.stderr };
    // The lines below it may be commands to paste, and are left whole.
    const width = process.stderr.isTTY ? Math.max(40, process.stderr.columns || 80) : null;
    const message = width === null ? failure.message : wrap(failure.message, width).join('\n');
    process.stderr.write(`${styleText('red', message, stream)}\n`);
    // Loaded only when there is something to tell, since it knows rooms and imports.
    const { detailLines } = await import('./details.ts');
    for (const line of Object.keys(failure.details).length === 0 ? [] : detailLines(failure, context.argv))
      process.stderr.write(`${line}\n`);
    process.stderr.write(`${failure.next}\n`);
  }
  if (context.debug)
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  return failure.exit;
}

function translate(thrown: unknown, command: string): unknown {
  if (thrown instanceof Unreachable)
    return new CliError('unreachable', { url: thrown.url }, { cause: thrown });
  return readUsageError(thrown, command) ?? thrown;
}

/** The command in a command line, as people write it: the words before the first option, two at most, or three. */
function commandOf(argv: readonly string[]): string {
  const option = argv.findIndex((word) => word.startsWith('-'));
  const most = innerTopicTexts().some(([topic]) => topic === argv.slice(0, 2).join(':')) ? 3 : 2;
  return argv.slice(0, option === -1 ? most : Math.min(option, most)).join(' ');
}
