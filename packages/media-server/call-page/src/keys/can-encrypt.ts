/** What of the browser is asked. */
export interface EncryptionScope {
  readonly RTCRtpScriptTransform?: unknown;
  readonly RTCRtpSender?: { readonly prototype: object } | undefined;
  readonly crypto?: { readonly subtle?: unknown } | undefined;
  readonly Worker?: unknown;
}

/**
 * Whether this browser can encrypt what it sends before it leaves: a transform on the sender (W3C WebRTC Encoded
 * Transform) or Chrome's older streams, and WebCrypto, which there is on secure addresses only. As livekit-client asks
 * it (`isE2EESupported`), without loading it for the first screen.
 */
export function canEncrypt(scope: EncryptionScope = globalThis): boolean {
  const streams =
    scope.RTCRtpScriptTransform !== undefined ||
    (scope.RTCRtpSender !== undefined && 'createEncodedStreams' in scope.RTCRtpSender.prototype);
  return streams && scope.crypto?.subtle !== undefined && scope.Worker !== undefined;
}
