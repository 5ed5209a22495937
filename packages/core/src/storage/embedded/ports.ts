import { once } from 'node:events';
import { createServer } from 'node:net';

/** Whether a server could listen on this port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryToListen(port)) !== null;
}

/**
 * A port that nobody listens on. It lies below those that systems give to outgoing connections, so that the server
 * most likely gets the same one again at its next start.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const port = 15_500 + Math.floor(Math.random() * 16_000);
    if (await isFree(port)) return port;
  }
  const port = await tryToListen(0);
  if (port === null) throw new Error('no free port on 127.0.0.1');
  return port;
}

async function tryToListen(port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    return address !== null && typeof address === 'object' ? address.port : null;
  } catch {
    return null;
  }
}
