import type { ErrorCode } from '@naer/core/contract';

/** What the service says when it refuses, or `offline`: this device has no network, or `service_down`: nothing usable answers. */
export type FailureCode = ErrorCode | 'offline' | 'service_down';

/** Why a request failed. The texts are found by its code. */
export class RequestFailure extends Error {
  readonly code: FailureCode;
  readonly params: Readonly<Record<string, string | number>>;
  /** When to try again, where the service says so. */
  readonly retryAfterMs: number | null;
  constructor(
    code: FailureCode,
    params: Readonly<Record<string, string | number>> = {},
    retryAfterMs: number | null = null,
  ) {
    super(code);
    this.name = 'RequestFailure';
    this.code = code;
    this.params = params;
    this.retryAfterMs = retryAfterMs;
  }
}
