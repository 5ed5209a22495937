import type { CallEncryption, TestOutcome, TestStep, TroubleStep } from '@naer/core/contract/call-codes';
import type { CallPage, Diagnostics } from '@naer/core/contract/calls';

export { type FailureCode, RequestFailure } from './request-failure.ts';

export interface SeatKeys {
  readonly seat: string;
  readonly hostKey?: string;
  readonly wrapped?: { readonly epoch: number; readonly key: string };
}

/** The routes of `callPageRoutes`, for the one link of this page. Each throws RequestFailure. */
export interface CallApi {
  open(options?: { readonly pin?: string; readonly takeOver?: boolean }): Promise<CallPage>;
  /** With `after`: once there is something newer, or after 25 seconds. */
  watch(after: number | null, signal?: AbortSignal): Promise<CallPage>;
  reportTests(
    results: readonly { readonly step: TestStep; readonly outcome: TestOutcome }[],
  ): Promise<CallPage>;
  wait(wish: { readonly canEncrypt: boolean; readonly commitment: string | null }): Promise<CallPage>;
  revealKey(shown: { readonly publicKey: string; readonly nonce: string }): Promise<CallPage>;
  giveKeys(keys: readonly SeatKeys[]): Promise<CallPage>;
  admit(seat: string, refuse?: boolean): Promise<CallPage>;
  enter(encryption: CallEncryption): Promise<{ url: string; token: string; identity: string }>;
  /** With `leaving`, the request outlives the page. */
  leave(leaving?: boolean): Promise<CallPage>;
  declareAlone(alone: boolean): Promise<CallPage>;
  reportTrouble(trouble: {
    readonly step: TroubleStep;
    readonly giveUp: boolean;
    readonly diagnostics: Diagnostics;
  }): Promise<CallPage>;
  readPhone(): Promise<{ phone: string | null }>;
  answerWorked(worked: boolean): Promise<CallPage>;
  finish(end: { readonly topics: readonly string[]; readonly minutes?: number }): Promise<CallPage>;
  askNewLink(to: { readonly email: string } | { readonly phone: string }): Promise<{ asked: true }>;
}
