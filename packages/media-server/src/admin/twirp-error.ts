import type { ServerResponse } from 'node:http';
import { MediaError, type MediaErrorCode } from '../media-error.ts';

/** Twirp's codes that this server gives, each with its HTTP status (Twirp v7 specification, "Error Codes"). */
const statuses = {
  malformed: 400,
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  bad_route: 404,
  already_exists: 409,
  failed_precondition: 412,
  resource_exhausted: 429,
  unknown: 500,
  internal: 500,
  unimplemented: 501,
  unavailable: 503,
} as const;

export type TwirpCode = keyof typeof statuses;

export class TwirpError extends Error {
  readonly code: TwirpCode;
  readonly meta: Readonly<Record<string, string>>;

  constructor(code: TwirpCode, message: string, meta: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'TwirpError';
    this.code = code;
    this.meta = meta;
  }
}

/** A verified token without the grant is told `unauthenticated` by LiveKit, and so it is here. */
export const permissionDenied = (): TwirpError => new TwirpError('unauthenticated', 'permissions denied');

/** As Twirp's own helper words it: the argument, then what is wrong with it. */
export function invalidArgument(argument: string, why: string): TwirpError {
  return new TwirpError('invalid_argument', `${argument} ${why}`, { argument });
}

/** The codes of rooms are Twirp's own. */
const codes: Record<MediaErrorCode, TwirpCode> = {
  unauthenticated: 'unauthenticated',
  permission_denied: 'permission_denied',
  invalid_argument: 'invalid_argument',
  not_found: 'not_found',
  already_exists: 'already_exists',
  resource_exhausted: 'resource_exhausted',
  failed_precondition: 'failed_precondition',
  unavailable: 'unavailable',
  unimplemented: 'unimplemented',
};

export function asTwirpError(error: unknown): TwirpError {
  if (error instanceof TwirpError) return error;
  if (error instanceof MediaError) return new TwirpError(codes[error.code], error.message);
  return new TwirpError('internal', 'internal error');
}

/** Errors are JSON whatever the request was (Twirp v7, "Errors"). */
export function answerTwirpError(response: ServerResponse, error: TwirpError): void {
  const { code, message, meta } = error;
  const body = JSON.stringify({ code, msg: message, ...(Object.keys(meta).length > 0 ? { meta } : {}) });
  response.writeHead(statuses[code], { 'content-type': 'application/json' }).end(body);
}
