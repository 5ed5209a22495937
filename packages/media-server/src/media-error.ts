/** Why something was refused; `admin/` and `signal/` each turn every code into their protocol's answer (Twirp, HTTP). */
export type MediaErrorCode =
  | 'unauthenticated'
  | 'permission_denied'
  | 'invalid_argument'
  | 'not_found'
  | 'already_exists'
  | 'resource_exhausted'
  | 'failed_precondition'
  | 'unavailable'
  | 'unimplemented';

/** A refusal that a caller can do something about: `message` says what and never carries metadata, data or tokens. */
export class MediaError extends Error {
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string) {
    super(message);
    this.name = 'MediaError';
    this.code = code;
  }
}
