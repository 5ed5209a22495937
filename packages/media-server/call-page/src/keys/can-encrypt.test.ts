import { expect, it } from 'vitest';
import { canEncrypt } from './can-encrypt.ts';

const browser = { crypto: { subtle: {} }, Worker: class {} };

it('can encrypt where the browser lets frames be changed before they leave, in either way', () => {
  expect(canEncrypt({ ...browser, RTCRtpScriptTransform: class {} })).toBe(true);
  expect(canEncrypt({ ...browser, RTCRtpSender: { prototype: { createEncodedStreams() {} } } })).toBe(true);
});

it('cannot encrypt without that, without WebCrypto or without workers', () => {
  expect(canEncrypt({ ...browser, RTCRtpSender: { prototype: {} } })).toBe(false);
  expect(canEncrypt({ RTCRtpScriptTransform: class {}, Worker: class {} })).toBe(false);
  expect(canEncrypt({ RTCRtpScriptTransform: class {}, crypto: { subtle: {} } })).toBe(false);
});
