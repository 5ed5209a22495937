import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../waiting.ts';

const startTimeoutMs = 20_000;
const keptLines = 400;

/** A server as its own process on loopback, ready when it answers on its port. */
export async function startProcess({
  command,
  args,
  environment,
  healthUrl,
}: {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly healthUrl: string;
}): Promise<{ readonly pid: number; stop(): Promise<void>; kill(): Promise<void> }> {
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  ended.catch(() => undefined);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      lines.push(text);
      if (process.env.NAER_COMPAT_LOG === '1') process.stderr.write(text);
      if (lines.length > keptLines) lines.shift();
    });
  }
  try {
    await until(
      `${command} answering`,
      async () => {
        if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
        return (await fetch(healthUrl).catch(() => null))?.ok;
      },
      startTimeoutMs,
    );
  } catch (cause) {
    await end(child, 'SIGKILL', ended);
    throw new Error(`${command} did not start:\n${lines.join('')}`, { cause });
  }
  return {
    pid: child.pid ?? 0,
    stop: () => end(child, 'SIGTERM', ended),
    kill: () => end(child, 'SIGKILL', ended),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  // LiveKit waits for its participants at the first signal, and leaves at once at the second.
  const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(impatience);
}
