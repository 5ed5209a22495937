import { CliError } from '../errors/cli-error.ts';

/** Columns of the terminal that a table may fill, or null where standard output is a file or a pipe. */
export function tableWidth(): number | null {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns || 80) : null;
}

/** Whether there is somebody to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on standard error, so that standard output stays the answer's own. `flag` names the way without a terminal. */
export async function ask(
  question: string,
  needed: { readonly what: string; readonly flag: string },
): Promise<string> {
  if (!canAsk()) throw new CliError('answer_needed', needed);
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new AbortController();
  lines.once('SIGINT', () => interrupted.abort());
  lines.once('close', () => interrupted.abort());
  try {
    return (await lines.question(`${question} `, { signal: interrupted.signal })).trim();
  } catch (error) {
    if (interrupted.signal.aborted) throw new CliError('interrupted', {}, { cause: error });
    throw error;
  } finally {
    lines.close();
  }
}

/** The same, without showing what is typed. */
export async function askSecret(
  question: string,
  needed: { readonly what: string; readonly flag: string },
): Promise<string> {
  if (!canAsk()) throw new CliError('answer_needed', needed);
  const { stdin, stderr } = process;
  stderr.write(`${question} `);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let typed = '';
  try {
    for await (const chunk of stdin) {
      for (const key of String(chunk)) {
        if (key === '\r' || key === '\n') return typed.trim();
        if (key === '\u0003' || key === '\u0004') throw new CliError('interrupted');
        typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : typed + key;
      }
    }
    return typed.trim();
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}

/** Everything on standard input, for `--token-stdin` and the like. */
export async function readStdin(): Promise<string> {
  let typed = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) typed += chunk;
  return typed.trim();
}
