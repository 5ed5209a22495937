import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { SendingFailed } from './mail.ts';
import { parseRetryAfter, readAtMost } from './webhook.ts';

export interface SmsDraft {
  /** The same for every repetition; the gateway drops what it has seen (`Idempotency-Key`). */
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

export interface SmsSender {
  /** @returns the gateway's own id, by which its receipts name the message; null where it gives none. @throws SendingFailed */
  send(draft: SmsDraft): Promise<string | null>;
}

const usualTimeoutMs = 15_000;
const answerBytes = 4096;
const taken = z.object({ id: z.string().min(1).max(200) });

/**
 * Text messages by a gateway that takes JSON over HTTP: `POST {from, to, text, reference}` with a bearer token, answered by
 * 2xx and `{id}`. See docs/operator.md for what to put between, where a gateway speaks otherwise. Redirects are not
 * followed: the token is for one address.
 */
export function createSmsSender({
  url,
  token,
  sender,
  clock,
  answerTimeoutMs = usualTimeoutMs,
}: {
  readonly url: string;
  readonly token: string;
  readonly sender: string;
  readonly clock: Clock;
  /** How long to wait for the answer, in ms. */
  readonly answerTimeoutMs?: number;
}): SmsSender {
  return {
    send: async ({ id, to, text }) => {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(answerTimeoutMs),
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          'idempotency-key': id,
        },
        body: JSON.stringify({ from: sender, to, text, reference: id }),
      }).catch((error: unknown) => {
        throw explain(error);
      });
      if (response.ok) {
        const answer = taken.safeParse(parseJson(await readAtMost(answerBytes, response)));
        return answer.success ? answer.data.id : null;
      }
      await response.body?.cancel();
      const { status } = response;
      // 409: the first try under this key is still at work. 401 and 403 are for the operator to mend.
      const isPassing = [401, 403, 408, 409, 425, 429].includes(status) || status < 400;
      throw new SendingFailed(`answered ${status}`, {
        isFinal: status < 500 && !isPassing,
        isCertain: [401, 403, 429, 503].includes(status),
        retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), clock.now()),
      });
    },
  };
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

function explain(error: unknown): SendingFailed {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, name } = cause as { readonly code?: unknown; readonly name?: unknown };
  const reason = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
  return new SendingFailed(reason, { isCertain: reason === 'ECONNREFUSED' || reason === 'ENOTFOUND' });
}
