import { connect, type Socket } from 'node:net';

/** One request, as bytes that go onto the wire as they are. */
export type NextRequest = () => Buffer;

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly forMs: number;
  readonly next: NextRequest;
}

/** Requests as HTTP/1.1 has them (RFC 9112). */
export function encodeRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: unknown = undefined,
): Buffer {
  const content = body === undefined ? '' : JSON.stringify(body);
  const lines = Object.entries({
    host: '127.0.0.1',
    ...headers,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(content)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${content}`);
}

/**
 * Keeps so many connections busy, each with one request at a time, and answers with how many requests were answered per
 * second. It shares the cores with what it measures, so it reads no more of an answer than where it ends: a client that
 * takes long itself would make everything look alike.
 *
 * @throws Error when an answer is not 2xx, or has no Content-Length
 */
export async function load({ url, connections, forMs, next }: LoadOptions): Promise<number> {
  const { hostname, port } = new URL(url);
  const started = performance.now();
  const until = started + forMs;
  const counts = await Promise.all(
    Array.from({ length: connections }, () => keepBusy(hostname, Number(port), until, next)),
  );
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - started) / 1000);
}

function keepBusy(host: string, port: number, until: number, next: NextRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0;
    let received = Buffer.alloc(0);
    const socket: Socket = connect({ host, port, noDelay: true }, () => socket.write(next()));
    const fail = (why: string | Error) => {
      socket.destroy();
      reject(why instanceof Error ? why : new Error(why));
    };
    socket.on('error', fail);
    socket.on('end', () => fail('the connection was closed'));
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const head = received.toString('latin1', 0, headEnd);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (!head.startsWith('HTTP/1.1 2') || length === undefined) {
        fail(`unexpected answer: ${received.toString('utf8').slice(0, 1000)}`);
        return;
      }
      if (received.length < headEnd + 4 + Number(length)) return;
      received = Buffer.alloc(0);
      answered += 1;
      if (performance.now() < until) socket.write(next());
      else {
        socket.destroy();
        resolve(answered);
      }
    });
  });
}
