import { callPageRoutes } from '@naer/core/contract/call-page';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallApi } from './api.ts';
import { aPage, aSeat, citizenId } from './testing/pages.ts';

const page = aPage(citizenId, [aSeat(citizenId, 'citizen')]);
let asked: { url: string; init: RequestInit }[];
let answer: () => Promise<Response>;
let online: boolean;

const api = () =>
  createCallApi(
    {
      fetch: async (url, init = {}) => {
        asked.push({ url: String(url), init });
        return answer();
      },
      isOnline: () => online,
    },
    { link: 'a-link-that-holds-for-now', device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', language: 'da' },
  );

beforeEach(() => {
  asked = [];
  online = true;
  answer = async () => Response.json(page);
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the page asking the service', () => {
  it('asks each route of the contract by its method and path, with a body that the contract takes', async () => {
    const { open, reportTests, wait, revealKey, giveKeys, admit, enter, leave, ...rest } = api();
    const key = 'A'.repeat(87);
    await open({ pin: '1234', takeOver: true });
    await rest.watch(null);
    await reportTests([{ step: 'camera', outcome: 'good' }]);
    await wait({ canEncrypt: true, commitment: 'A'.repeat(43) });
    await revealKey({ publicKey: key, nonce: 'A'.repeat(22) });
    await giveKeys([{ seat: citizenId, hostKey: key }]);
    await admit(citizenId, true);
    await enter('end-to-end');
    await leave(true);
    await rest.declareAlone(true);
    await rest.tellCompany('relative');
    await rest.reportTrouble({
      step: 'no-sound',
      giveUp: false,
      diagnostics: {
        device: 'ipad',
        browser: 'safari',
        browserVersion: 18,
        codecs: [],
        roundTripMs: null,
        lossPercent: null,
        lastError: null,
      },
    });
    await rest.readPhone();
    await rest.answerWorked(true);
    await rest.finish({ topics: ['supportive-talk'], minutes: 25 });
    await rest.prepare('Posten');
    await rest.answerProposal({ startsAt: '2026-11-24T13:00:00Z', answer: 'yes' });
    await rest.talk();
    await rest.askTalk('2026-11-24T13:00:00Z');
    await rest.withdrawTalk();
    await rest.askNewLink({ phone: '20 00 00 00' });
    const routes = [
      callPageRoutes.open,
      callPageRoutes.watch,
      callPageRoutes.reportTests,
      callPageRoutes.wait,
      callPageRoutes.revealKey,
      callPageRoutes.giveKeys,
      callPageRoutes.admit,
      callPageRoutes.enter,
      callPageRoutes.leave,
      callPageRoutes.declareAlone,
      callPageRoutes.tellCompany,
      callPageRoutes.reportTrouble,
      callPageRoutes.readPhone,
      callPageRoutes.answerWorked,
      callPageRoutes.finish,
      callPageRoutes.prepare,
      callPageRoutes.answerProposal,
      callPageRoutes.showTalk,
      callPageRoutes.askTalk,
      callPageRoutes.withdrawTalk,
      callPageRoutes.askNewLink,
    ];
    expect(asked.map(({ url, init }) => [init.method, url])).toEqual(
      routes.map((route) => [route.method, `/api/v1${route.path}`]),
    );
    for (const [at, route] of routes.entries()) {
      const { url, init } = asked[at] ?? { url: '', init: {} };
      expect(url).not.toContain('?');
      expect(route.body.parse(JSON.parse(String(init.body)))).toBeDefined();
    }
  });

  it('carries link and device where no log keeps them, never in the address, and lets nobody keep what came', async () => {
    await api().watch(7);
    const { url, init } = asked[0] ?? { url: '', init: {} };
    expect(url).toBe('/api/v1/call/watch');
    expect(JSON.parse(String(init.body))).toEqual({ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', after: 7 });
    expect(new Headers(init.headers).get('authorization')).toBe('Bearer a-link-that-holds-for-now');
    expect(init).toMatchObject({ cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' });
  });

  it('says why the service refused, and when to come again', async () => {
    answer = async () =>
      Response.json(
        { code: 'call_not_open', params: { opens: '08:45' } },
        { status: 409, headers: { 'retry-after': '3' } },
      );
    await expect(api().wait({ canEncrypt: false, commitment: null })).rejects.toMatchObject({
      code: 'call_not_open',
      params: { opens: '08:45' },
      retryAfterMs: 3000,
    });
  });

  it('takes the error page of something in between for a service that is down', async () => {
    answer = async () => new Response('<html>Bad gateway</html>', { status: 502 });
    await expect(api().open()).rejects.toMatchObject({ code: 'service_down' });
    answer = async () => Response.json({ message: 'captive portal' }, { status: 511 });
    await expect(api().open()).rejects.toMatchObject({ code: 'service_down' });
  });

  it('tells a device without network from a service that does not answer', async () => {
    answer = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(api().open()).rejects.toMatchObject({ code: 'service_down' });
    online = false;
    await expect(api().open()).rejects.toMatchObject({ code: 'offline' });
  });

  it('does not wait for ever', async () => {
    vi.useFakeTimers();
    answer = () =>
      new Promise((_, refuse) => {
        asked[0]?.init.signal?.addEventListener('abort', () => refuse(new DOMException('', 'AbortError')));
      });
    const opened = expect(api().open()).rejects.toMatchObject({ code: 'service_down' });
    await vi.advanceTimersByTimeAsync(15_000);
    await opened;
  });
});
