import { createTransport } from 'nodemailer';

export interface MailDraft {
  /** Stable for every repetition: who gets it twice sees it once. */
  readonly messageId: string;
  readonly fromName: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly language: 'da' | 'en';
  readonly calendar: { readonly method: 'REQUEST' | 'CANCEL'; readonly content: string } | null;
  readonly sentAt: Date;
}

/** What became of a try: what the other side said, never with its words, which could carry an address. */
export class SendingFailed extends Error {
  /** Short and without anybody's data: "smtp 451", "ECONNREFUSED", "answered 500". */
  readonly reason: string;
  /** Repeating cannot mend it. */
  readonly isFinal: boolean;
  /** The other side certainly did not take it, so that trying again cannot send it twice. */
  readonly isCertain: boolean;
  readonly retryAfterMs: number | null;

  constructor(
    reason: string,
    {
      isFinal = false,
      isCertain = false,
      retryAfterMs = null,
    }: { isFinal?: boolean; isCertain?: boolean; retryAfterMs?: number | null } = {},
  ) {
    super(reason);
    this.name = 'SendingFailed';
    this.reason = reason;
    this.isFinal = isFinal;
    this.isCertain = isCertain;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface MailSender {
  readonly from: string;
  /** @throws SendingFailed */
  send(draft: MailDraft): Promise<void>;
  close(): void;
}

/** Together below the time that a message is held for one try; see jobs/message-dispatch.ts. */
const timeouts = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  dnsTimeout: 10_000,
  socketTimeout: 20_000,
};

/**
 * Mail by SMTP (RFC 5321). Links open calls, so mail leaves the machine encrypted only: `smtps:`, or `smtp:` with STARTTLS
 * that must succeed; on loopback, where development servers are, plainly.
 */
export function createMailSender({ url, from }: { readonly url: string; readonly from: string }): MailSender {
  const { hostname } = new URL(url);
  const isHere = ['localhost', '[::1]'].includes(hostname) || hostname.startsWith('127.');
  const transport = createTransport({
    url,
    ...timeouts,
    ...(isHere ? { ignoreTLS: true } : { requireTLS: true }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    from,
    send: async ({ messageId, fromName, to, subject, text, html, language, calendar, sentAt }) => {
      try {
        await transport.sendMail({
          messageId,
          date: sentAt,
          from: { name: fromName, address: from },
          to,
          subject,
          text,
          html,
          xMailer: false,
          // RFC 3834: an absence is not to be told to us.
          headers: { 'auto-submitted': 'auto-generated', 'content-language': language },
          ...(calendar === null ? {} : { icalEvent: { ...calendar, filename: 'aftale.ics' } }),
        });
      } catch (error) {
        throw explain(error);
      }
    },
    close: () => transport.close(),
  };
}

function explain(error: unknown): SendingFailed {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
  if (typeof responseCode === 'number') {
    // Who may not log in is refused for good as well, but that is for the operator to mend, not the message's fault.
    const isOfMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
    return new SendingFailed(`smtp ${responseCode}`, {
      isFinal: isOfMessage && responseCode >= 500,
      isCertain: true,
    });
  }
  const reason = typeof code === 'string' ? code : 'unknown';
  return new SendingFailed(reason, { isCertain: ['ECONNREFUSED', 'EDNS', 'ENOTFOUND'].includes(reason) });
}
