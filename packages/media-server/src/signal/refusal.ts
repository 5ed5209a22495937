import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { MediaError, type MediaErrorCode } from '../media-error.ts';

/** A refusal before the upgrade: an HTTP status and one line of text, as LiveKit gives them. */
export class Refusal extends Error {
  readonly status: number;
  /** For the metrics. */
  readonly outcome: RefusalOutcome;

  constructor(status: number, message: string, outcome: RefusalOutcome) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.outcome = outcome;
  }
}

export type RefusalOutcome = 'unauthenticated' | 'not_allowed' | 'invalid' | 'no_room' | 'limit' | 'fault';

/** LiveKit answers 401 also where a verified token lacks the grant. */
const statuses = {
  unauthenticated: [401, 'unauthenticated'],
  permission_denied: [401, 'not_allowed'],
  invalid_argument: [400, 'invalid'],
  not_found: [404, 'no_room'],
  already_exists: [409, 'invalid'],
  resource_exhausted: [429, 'limit'],
  failed_precondition: [412, 'invalid'],
  unavailable: [503, 'limit'],
  unimplemented: [501, 'invalid'],
} as const satisfies Record<MediaErrorCode, readonly [number, RefusalOutcome]>;

export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof MediaError)) return new Refusal(500, 'internal error', 'fault');
  const [status, outcome] = statuses[error.code];
  return new Refusal(status, error.message, outcome);
}

export function answerRefusal(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8' }).end(refusal.message);
}

/** Answers an upgrade that is not granted and closes the connection. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const { status, message } = refusal;
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(message)}\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n${message}`,
  );
}
