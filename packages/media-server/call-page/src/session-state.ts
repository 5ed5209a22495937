import type { TroubleStep } from '@naer/core/contract/call-codes';
import type { CallPage } from '@naer/core/contract/call-page';
import type { CallApi, Finish, RequestFailure } from './api.ts';
import type { KeysSnapshot } from './keys/state.ts';
import type { Call, MediaWish, Store } from './media/state.ts';

/** What keeps the page from the service, and since when (milliseconds since 1970). */
export type ServiceState =
  | { readonly state: 'reached' }
  | { readonly state: 'offline' | 'unreachable'; readonly since: number };

export interface SessionSnapshot {
  /**
   * `no-link` the address holds none; `opening`; `refused` see `refusal` (link_not_valid, link_in_use, link_pin,
   * too_many_requests); `open` there is a `page`.
   */
  readonly phase: 'no-link' | 'opening' | 'refused' | 'open';
  readonly refusal: RequestFailure | null;
  /** As last heard; stays through a network that is away. */
  readonly page: CallPage | null;
  readonly service: ServiceState;
  /** This browser can encrypt end to end. */
  readonly canEncrypt: boolean;
  readonly keys: KeysSnapshot;
  /** Once let in; stays, in state `ended`, after the call. Subscribe to it by itself: its changes are not the session's. */
  readonly call: Call | null;
  /** `wait` was said in this page's life or before a reload: it goes in by itself once admitted. */
  readonly wantsIn: boolean;
  /** The person hung up in this page. */
  readonly hungUp: boolean;
  /** What kept the page from the media server, when it was let in and could not come in. */
  readonly entering: { readonly running: boolean; readonly failure: TroubleStep | null };
  /** The last act that failed, for a line of text; gone with the next one that works, and by itself where it passes. */
  readonly lastFailure: RequestFailure | null;
}

/** The whole page without its screens: opens the link, watches, agrees on keys, comes in when let in. Nothing here throws. */
export interface CallSession extends Store<SessionSnapshot> {
  /** For the acts that have no consequence beyond their answer. Prefer the methods below. */
  readonly api: CallApi;
  open(options?: { readonly pin?: string; readonly takeOver?: boolean }): Promise<void>;
  reportTests(results: Parameters<CallApi['reportTests']>[0]): Promise<void>;
  /** Into the waiting room; the host comes in at once. To be called from a tap, so that sound may play later. */
  wait(wish: MediaWish): Promise<void>;
  admit(seat: string): Promise<void>;
  refuse(seat: string): Promise<void>;
  /** Hangs up, at once on this side, whatever the network does. */
  hangUp(): Promise<void>;
  /** Comes in again after `vanished` or after hanging up by mistake. */
  comeBack(): Promise<void>;
  /** Goes on here with a link that was open elsewhere: where it was taken from this page, in the call or the waiting room. */
  takeOver(): Promise<void>;
  declareAlone(alone: boolean): Promise<void>;
  /** Who sits in the room with the citizen; for the citizen and the host. */
  tellCompany(company: CallPage['company']): Promise<void>;
  /** "It does not work": with `giveUp` what was agreed for a failed call begins. The diagnostics are gathered here. */
  tellTrouble(step: TroubleStep, giveUp: boolean): Promise<void>;
  /** For the host of a failed call; null where there is none or it could not be read. */
  readPhone(): Promise<string | null>;
  /** True once it is noted; `lastFailure` says why not. */
  answerWorked(worked: boolean): Promise<boolean>;
  /** The weekly plan: null once it is kept, else why not. */
  keepPlan(file: Blob): Promise<RequestFailure | null>;
  /** Null where it did not come through. */
  readPlan(): Promise<Blob | null>;
  removePlan(): Promise<boolean>;
  /** Whether it was taken; else `lastFailure` says why. The same for the two below. */
  finish(end: Finish): Promise<boolean>;
  prepare(agenda: string | null): Promise<boolean>;
  answerProposal(answer: Parameters<CallApi['answerProposal']>[0]): Promise<boolean>;
  /** True once the service has taken the wish; says nothing of whether the address is known. */
  askNewLink(to: { readonly email: string } | { readonly phone: string }): Promise<boolean>;
  /** What failed last was read. */
  forgetFailure(): void;
  /** Ends watching and the call, without hanging up. */
  close(): void;
}
