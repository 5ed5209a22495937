// The SDP that only the library ever sees. It is given one audio section, whose one track then carries every RTP and
// RTCP packet whatever its SSRC, and one section for data channels; what was really negotiated is not its business.
import { MediaError } from '../media-error.ts';
import { type Candidate, parseCandidate } from './candidates.ts';
import type { TransportDescription } from './transport.ts';

/** The library names its sections itself when it offers: the track by what it is given, data channels by a number. */
export const audioMid = 'm';
const dataMid = '0';

/** RFC 8841: what is assumed where `a=max-message-size` is absent. */
export const defaultMaxMessageSize = 65_536;

/** Hash lengths in bytes of the algorithms that are accepted (RFC 8122; the broken ones are left out). */
const fingerprintBytes: ReadonlyMap<string, number> = new Map([
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);
const ufragPattern = /^[A-Za-z0-9+/]{4,256}$/;
const passwordPattern = /^[A-Za-z0-9+/]{22,256}$/;

/** Throws MediaError `invalid_argument` unless every value has the form that its RFC gives it. */
export function writeRemoteSdp(remote: TransportDescription, type: 'offer' | 'answer'): string {
  const algorithm = remote.fingerprint.algorithm.toLowerCase();
  const value = remote.fingerprint.value.toUpperCase();
  const bytes = fingerprintBytes.get(algorithm);
  // RFC 8839 allows `ice-char` only: nothing here can end a line and begin another.
  if (!ufragPattern.test(remote.iceUfrag) || !passwordPattern.test(remote.icePassword)) {
    throw new MediaError('invalid_argument', 'The ICE user fragment or password is malformed.');
  }
  if (
    bytes === undefined ||
    value.length !== bytes * 3 - 1 ||
    !/^[0-9A-F]{2}(?::[0-9A-F]{2})*$/.test(value)
  ) {
    throw new MediaError('invalid_argument', 'The DTLS fingerprint is malformed or of an unknown algorithm.');
  }
  if (type === 'answer' && remote.setup === 'actpass') {
    throw new MediaError('invalid_argument', 'An answer has to choose who opens DTLS.');
  }
  const { dataChannels = true, maxMessageSize = defaultMaxMessageSize } = remote;
  if (!Number.isSafeInteger(maxMessageSize) || maxMessageSize < 0) {
    throw new MediaError('invalid_argument', 'The largest message size is malformed.');
  }
  const transport = [
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${remote.iceUfrag}`,
    `a=ice-pwd:${remote.icePassword}`,
    'a=ice-options:trickle',
    `a=fingerprint:${algorithm} ${value}`,
    `a=setup:${remote.setup}`,
  ];
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${dataChannels ? `${audioMid} ${dataMid}` : audioMid}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    ...transport,
    `a=mid:${audioMid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
  ];
  if (dataChannels) {
    lines.push(
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      ...transport,
      `a=mid:${dataMid}`,
      'a=sctp-port:5000',
      `a=max-message-size:${maxMessageSize}`,
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** What the library wrote about itself, taken apart again. */
export function readLocalSdp(sdp: string): Omit<TransportDescription, 'candidates'> & {
  readonly candidates: readonly Candidate[];
} {
  const find = (name: string): string => {
    const value = new RegExp(`^a=${name}:(.+?)\\r?$`, 'm').exec(sdp)?.[1];
    if (value === undefined) throw new Error(`The library's description has no ${name}.`);
    return value;
  };
  const [algorithm = '', value = ''] = find('fingerprint').split(' ');
  const setup = find('setup');
  return {
    iceUfrag: find('ice-ufrag'),
    icePassword: find('ice-pwd'),
    fingerprint: { algorithm, value },
    setup: setup === 'active' || setup === 'passive' ? setup : 'actpass',
    candidates: sdp
      .split(/\r?\n/)
      .map(parseCandidate)
      .filter((candidate) => candidate !== null),
  };
}

/** The section to which a remote candidate belongs: the bundle's first. */
export const candidateMid = audioMid;
