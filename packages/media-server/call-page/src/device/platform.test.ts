import { diagnostics } from '@naer/core/contract/call-page';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDevice, diagnosticsOf } from './platform.ts';

const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const chromium = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('telling devices and browsers apart', () => {
  it.each([
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/16.4 Safari/605.1.15`,
      5,
      'ipad',
      'safari',
      16,
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/17.2 Safari/605.1.15`,
      0,
      'mac',
      'safari',
      17,
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 16_4 like Mac OS X) ${webkit} Version/16.4 Mobile/15E148 Safari/604.1`,
      5,
      'iphone',
      'safari',
      16,
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) ${webkit} CriOS/120.0.1 Mobile/15E148 Safari/604.1`,
      5,
      'iphone',
      'chrome',
      120,
    ],
    [
      `Mozilla/5.0 (iPad; CPU OS 15_7 like Mac OS X) ${webkit} FxiOS/115.0 Mobile/15E148 Safari/605.1.15`,
      5,
      'ipad',
      'firefox',
      115,
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chromium} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0`,
      0,
      'windows',
      'edge',
      130,
    ],
    [
      `Mozilla/5.0 (Linux; Android 13; SM-A536B) ${chromium} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36`,
      5,
      'android',
      'samsung',
      23,
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${chromium} Chrome/131.0.0.0 Mobile Safari/537.36`,
      5,
      'android',
      'chrome',
      131,
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 0, 'linux', 'firefox', 128],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${chromium} Chrome/128.0.0.0 Safari/537.36 OPR/114.0.0.0`,
      0,
      'windows',
      'other',
      114,
    ],
    ['something else', 0, 'other', 'other', null],
  ])('%s', (userAgent, maxTouchPoints, device, browser, browserVersion) => {
    expect(describeDevice({ userAgent, maxTouchPoints })).toEqual({
      device,
      browser,
      browserVersion,
      inApp: false,
    });
  });

  it.each([
    `Mozilla/5.0 (iPhone; CPU iPhone OS 16_4 like Mac OS X) ${webkit} Mobile/15E148`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 16_4 like Mac OS X) ${webkit} Mobile/15E148 [FBAN/FBIOS;FBAV/440.0]`,
    `Mozilla/5.0 (Linux; Android 13; Pixel 7; wv) ${chromium} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36`,
  ])('knows that it is inside another program: %s', (userAgent) => {
    expect(describeDevice({ userAgent, maxTouchPoints: 5 }).inApp).toBe(true);
  });

  it('makes diagnostics that the contract takes, whatever the browser says of itself and of its errors', () => {
    fc.assert(
      fc.property(
        fc.record({ userAgent: fc.string({ unit: 'binary' }), maxTouchPoints: fc.nat(10) }),
        fc.option(fc.string()),
        (agent, lastError) => {
          const told = diagnosticsOf(agent, {
            roundTripMs: 40,
            lossPercent: 1.5,
            codecs: ['vp8', 'opus'],
            lastError,
          });
          expect(diagnostics.parse(told)).toEqual(told);
        },
      ),
    );
  });

  it('tells the name of an error and never its message', () => {
    const measured = { roundTripMs: null, lossPercent: null, codecs: [] };
    const agent = { userAgent: '', maxTouchPoints: 0 };
    expect(diagnosticsOf(agent, { ...measured, lastError: 'NotAllowedError' }).lastError).toBe(
      'NotAllowedError',
    );
    expect(
      diagnosticsOf(agent, { ...measured, lastError: 'Could not start Mettes iPad' }).lastError,
    ).toBeNull();
  });
});
