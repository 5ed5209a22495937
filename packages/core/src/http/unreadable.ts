import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '../kernel/errors.ts';
import { presentProblem } from './problems.ts';

const patienceMs = 1000;

/**
 * What is no HTTP, or too much of it before a request is known, meets no route and no error handler: the same problem
 * document is written by hand. Node's limit for headers is 16 kB.
 */
export function refuseUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, ...rest } = presentProblem(explain(error.code), 'en', randomUUID());
  const body = JSON.stringify({ status, ...rest });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Who is still sending gets the time to read this; closing at once would take it away again.
  setTimeout(() => socket.destroy(), patienceMs).unref();
}

function explain(code: string | undefined): DomainError {
  if (code === 'HPE_HEADER_OVERFLOW') return new DomainError('payload_too_large', { limit: '16 kB' });
  const message = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'did not arrive in time' : 'is not readable as HTTP';
  return new DomainError(
    'invalid_input',
    {},
    { details: { fields: [{ in: 'request', field: '', message }] } },
  );
}
