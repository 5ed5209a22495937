import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { loadMediaConfig, MediaConfigError } from './config.ts';
import { startMediaServer } from './server.ts';

/** Settings that cannot be used: starting again would change nothing (sysexits.h, EX_CONFIG). */
const misconfigured = 78;
/** Core, which waits for us when it ends, is not kept longer. */
const drainMsUnderParent = 5000;

const stop = new AbortController();
const stopNow = new AbortController();
// Heard from the first moment. The second signal ends what the first one lets run out.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => (stop.signal.aborted ? stopNow : stop).abort());
}
// Whoever started us is gone, however it ended: there is nobody left to proxy or to supervise.
const hasParent = process.channel !== undefined && process.channel !== null;
if (hasParent) {
  process.once('disconnect', () => {
    stop.abort();
    stopNow.abort();
  });
}

try {
  const config = loadMediaConfig(process.env);
  // Written at once, so that the last words of a process that dies are not lost.
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  // Whatever state a fault left behind, calls are better off in a new process than in this one.
  const die = (error: unknown): never => {
    log.fatal({ err: error }, 'the media server met a fault and ends');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);

  const server = await startMediaServer({ config, log });
  process.stdout.write(`media ready ${server.url}\n`);
  await aborted(stop.signal);
  const drainMs = hasParent
    ? Math.min(drainMsUnderParent, config.drainSeconds * 1000)
    : config.drainSeconds * 1000;
  await Promise.race([
    server.drain(),
    aborted(stopNow.signal),
    delay(drainMs, undefined, { signal: stopNow.signal }).catch(() => undefined),
  ]);
  await server.close();
  process.exit(0);
} catch (error) {
  if (!(error instanceof MediaConfigError)) throw error;
  process.stderr.write(`${error.message}\n`, () => process.exit(misconfigured));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
