import type { Caller, Channel } from '../../../contract/index.ts';

/** What a template is filled with, as words already; whatever is not there is null. */
export interface LetterFacts {
  /** "tirsdag 24. november kl. 10.00–10.30" */
  readonly when: string;
  /** "tirsdag 24. november kl. 10.00" */
  readonly start: string;
  /** "tirsdag 24/11 kl. 10.00" */
  readonly short: string;
  readonly link: string | null;
  /** As people write it: "70 00 00 00". */
  readonly helpPhone: string | null;
  readonly acutePhone: string | null;
  /** Of the visit. */
  readonly channel: Channel;
  /** Of a talk that was asked for. */
  readonly answer: 'proposed' | 'declined';
  /** Who phones whom after a call that failed. */
  readonly caller: Caller;
}

/** One message in one language. */
export interface Letter {
  readonly subject: string;
  /** The same said at length and briefly; the first that fits into one text message is taken, or else the last. */
  readonly sms: readonly string[];
  readonly paragraphs: readonly string[];
  /** What stands on the link of a mail; null where the message needs none. */
  readonly button: string | null;
  /** Said of the link, where there is one. */
  readonly note?: string;
  readonly closing: readonly string[];
}

/** Joins what is there; what is null or empty is left out. */
export const joined = (between: string, ...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join(between);
