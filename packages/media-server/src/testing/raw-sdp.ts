// Descriptions as clients write them, for the client of the tests that says exactly what a test wants it to say.
import { extensionUris } from '../sdp/extensions.ts';
import type { TransportDescription } from '../transport/transport.ts';

export interface RawSection {
  readonly mid: string;
  readonly kind: 'audio' | 'video' | 'application';
  readonly direction: 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive';
  /** The client's id of the track that it sends here. */
  readonly track?: string;
  readonly ssrcs?: readonly number[];
  readonly rids?: readonly string[];
}

/** Numbers in the packets of the raw client, Chrome's. */
export const rawPayloadTypes = { opus: 111, vp8: 96, vp8Rtx: 97 } as const;
export const rawExtensionIds = {
  mid: 1,
  rid: 2,
  repairedRid: 3,
  transportSequence: 4,
  audioLevel: 5,
} as const;

export function writeRawSdp(sections: readonly RawSection[], transport: TransportDescription): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0'];
  lines.push(`a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`);
  for (const section of sections) lines.push(...linesOf(section, transport));
  return `${lines.join('\r\n')}\r\n`;
}

const formats = {
  audio: 'UDP/TLS/RTP/SAVPF 111',
  video: 'UDP/TLS/RTP/SAVPF 96 97',
  application: 'UDP/DTLS/SCTP webrtc-datachannel',
} as const;

function linesOf(section: RawSection, transport: TransportDescription): string[] {
  const { mid, kind, direction, track, ssrcs = [], rids = [] } = section;
  const { algorithm, value } = transport.fingerprint;
  const lines = [
    `m=${kind} 9 ${formats[kind]}`,
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${transport.iceUfrag}`,
    `a=ice-pwd:${transport.icePassword}`,
    `a=fingerprint:${algorithm} ${value}`,
    `a=setup:${transport.setup}`,
    `a=mid:${mid}`,
    ...transport.candidates.map((candidate) => `a=${candidate}`),
  ];
  if (kind === 'application') return [...lines, 'a=sctp-port:5000', 'a=max-message-size:131072'];
  lines.push(`a=${direction}`, 'a=rtcp-mux');
  for (const name of ['mid', 'rid', 'repairedRid', 'transportSequence', 'audioLevel'] as const) {
    lines.push(`a=extmap:${rawExtensionIds[name]} ${extensionUris[name]}`);
  }
  if (track !== undefined) lines.push(`a=msid:stream ${track}`);
  if (kind === 'audio') lines.push('a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1');
  else {
    lines.push(
      'a=rtpmap:96 VP8/90000',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
      'a=rtcp-fb:96 goog-remb',
    );
    lines.push('a=rtcp-fb:96 transport-cc', 'a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=96');
  }
  for (const rid of rids) lines.push(`a=rid:${rid} send`);
  if (rids.length > 0) lines.push(`a=simulcast:send ${rids.join(';')}`);
  for (const ssrc of ssrcs) lines.push(`a=ssrc:${ssrc} cname:raw`);
  return lines;
}
