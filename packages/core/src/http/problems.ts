import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../contract/index.ts';
import { cprRefused } from '../contract/primitives.ts';
import { DomainError, describeError, type ErrorCode, type Language } from '../kernel/errors.ts';
import { findViolation } from '../storage/index.ts';

/** The HTTP status of every error (RFC 9110). */
export const statusOf = {
  invalid_input: 400,
  payload_too_large: 413,
  unsupported_media_type: 415,
  route_not_found: 404,
  method_not_allowed: 405,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
  cpr_refused: 422,
  not_authenticated: 401,
  not_allowed: 403,
  not_found: 404,
  already_exists: 409,
  idempotency_key_reused: 422,
  last_administrator: 409,
  scope_exceeds_role: 422,
  transition_not_allowed: 409,
  reason_not_allowed: 422,
  citizen_erased: 410,
  hold_refused: 409,
  outside_working_hours: 422,
  visit_warnings: 409,
  visit_state: 409,
  visit_past: 422,
  visit_times: 422,
  plan_conflicts: 409,
  plan_invalid: 422,
  plan_ended: 409,
  review_not_due: 409,
  handed_off_already: 409,
  hand_off_under_way: 409,
  not_handed_off_yet: 409,
  ledger_empty: 409,
  checkpoint_unknown: 404,
  tree_size_unknown: 404,
  verifier_key_invalid: 422,
  cosignature_refused: 422,
  witness_request_refused: 409,
  ledger_unsound: 409,
  programme_exists: 409,
  programme_dates_invalid: 422,
  programme_kind_wrong: 409,
  milestones_invalid: 422,
  day_not_over: 422,
  month_not_over: 422,
  month_not_published: 409,
  member_exists: 409,
  invitation_unreadable: 422,
  contribution_refused: 422,
  contribution_exists: 409,
  not_demo: 409,
  master_key_missing: 503,
  master_key_mismatch: 503,
  master_key_unreadable: 503,
  reference_taken: 409,
  not_acquainted: 409,
  room_taken: 409,
  worker_busy: 409,
  room_closed: 422,
  series_conflicts: 409,
  series_invalid: 422,
  booking_state: 409,
  booking_past: 422,
  booking_too_far: 422,
  check_in_early: 409,
  room_inactive: 409,
  import_rejected: 422,
  import_unreadable: 422,
  config_invalid: 500,
  config_half_set: 500,
  port_taken: 500,
  media_not_started: 500,
  // One answer for forged, unknown, expired and revoked links alike.
  link_not_valid: 404,
  link_in_use: 409,
  link_pin: 403,
  seat_state: 409,
  call_not_open: 409,
  no_call: 409,
  talk_hours_closed: 409,
  talk_state: 409,
  proposal_changed: 409,
  call_full: 409,
  file_not_usable: 422,
  media_unavailable: 503,
  message_state: 409,
  home_in_use: 500,
  postgres_failed: 500,
  database_unreachable: 503,
  database_login_refused: 503,
  database_newer: 503,
  database_too_old: 503,
  migration_changed: 503,
  migration_failed: 500,
  database_rights_missing: 500,
  home_not_writable: 500,
  postgres_ended: 500,
  postgres_missing: 500,
  postgres_no_account: 500,
  postgres_staging_failed: 500,
  postgres_data_gone: 500,
  postgres_data_unreachable: 500,
} as const satisfies Record<ErrorCode, number>;

/** RFC 9110, section 12.5.4: the better liked of the two languages; English where neither or nothing is asked for. */
export function languageOf(request: Pick<FastifyRequest, 'headers'>): Language {
  let [best, weightOfBest]: [Language, number] = ['en', 0];
  for (const range of (request.headers['accept-language'] ?? '').slice(0, 500).split(',')) {
    const [, language, weight = '1'] =
      /^\s*(da|en)\b[^;]*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/i.exec(range) ?? [];
    if (language === undefined || Number(weight) <= weightOfBest) continue;
    [best, weightOfBest] = [language.toLowerCase() === 'da' ? 'da' : 'en', Number(weight)];
  }
  return best;
}

/** Turns whatever was thrown into the error that the caller is told; what is not ours to explain becomes `internal`. */
export function toDomainError(error: unknown, request: Pick<FastifyRequest, 'id' | 'headers'>): DomainError {
  if (error instanceof DomainError) return error;
  const thrown = (typeof error === 'object' && error !== null ? error : {}) as Partial<FastifyError> & {
    validation?: unknown;
  };
  if (Array.isArray(thrown.validation))
    return invalidInput(thrown.validation, thrown.validationContext ?? 'request');
  if (thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new DomainError('payload_too_large', { limit: '1 MB' });
  if (thrown.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || thrown.statusCode === 415) {
    return unsupportedMediaType(request, 'application/json');
  }
  if (typeof thrown.statusCode === 'number' && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return new DomainError(
      'invalid_input',
      {},
      { details: { fields: [{ in: 'request', field: '', message: 'is malformed' }] } },
    );
  }
  const state = findViolation(error)?.state ?? '';
  // 22xxx: a value that PostgreSQL cannot take although our own checks let it pass; still the caller's value.
  if (/^22/.test(state))
    return new DomainError('invalid_input', {}, { details: { fields: [] }, cause: error });
  // 08 connection, 53 resources, 57P0 shutting down; P2024 and P2028: no connection in time.
  if (/^(08|53|57P0)/.test(state) || isPoolTimeout(error))
    return new DomainError('unavailable', {}, { cause: error });
  return new DomainError('internal', { requestId: request.id }, { cause: error });
}

export function unsupportedMediaType(
  request: Pick<FastifyRequest, 'headers'>,
  expected: string,
): DomainError {
  const [mediaType = '-'] = /^[\w.+-]{1,60}\/[\w.+-]{1,60}/.exec(request.headers['content-type'] ?? '') ?? [];
  return new DomainError('unsupported_media_type', { mediaType, expected });
}

function isPoolTimeout(error: unknown): boolean {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    message?: unknown;
  };
  return (
    code === 'P2024' ||
    code === 'P2028' ||
    code === 'ECONNREFUSED' ||
    code === 'ECONNRESET' ||
    (typeof message === 'string' &&
      /timeout exceeded when trying to connect|Connection terminated/.test(message))
  );
}

function invalidInput(issues: readonly unknown[], context: string): DomainError {
  const fields = issues.slice(0, 50).map((issue) => {
    const { instancePath = '', message = 'is not valid' } = issue as {
      instancePath?: string;
      message?: string;
    };
    return {
      in: context,
      field: instancePath.replace(/^\//, '').replaceAll('/', '.').slice(0, 200),
      message: message.slice(0, 300),
    };
  });
  const refused = fields.filter((field) => field.message === cprRefused);
  if (refused.length > 0) return new DomainError('cpr_refused', {}, { details: { fields: refused } });
  return new DomainError('invalid_input', {}, { details: { fields } });
}

export function presentProblem(error: DomainError, language: Language, requestId: string): Problem {
  const { what, next } = describeError(error.code, error.params, language);
  return {
    type: `urn:naer:problem:${error.code}`,
    title: what,
    status: statusOf[error.code],
    detail: `${what} ${next}`,
    code: error.code,
    next,
    requestId,
    params: { ...error.params },
    details: { ...error.details },
  };
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: DomainError): FastifyReply {
  if (error.code === 'not_authenticated') void reply.header('www-authenticate', 'Bearer');
  if (error.code === 'unavailable') void reply.header('retry-after', '2');
  return reply
    .code(statusOf[error.code])
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('content-language', languageOf(request))
    .send(JSON.stringify(presentProblem(error, languageOf(request), request.id)));
}
