// RTP header extensions by URI (IANA "RTP Compact Header Extensions", and the drafts browsers ship).

/** One `a=extmap` of a section: the id its packets carry, 1…14 in one-byte headers, up to 255 in two-byte ones (RFC 8285). */
export interface HeaderExtension {
  readonly id: number;
  readonly uri: string;
}

export const extensionUris = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  videoOrientation: 'urn:3gpp:video-orientation',
  dependencyDescriptor:
    'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
} as const;

/** What an answer keeps of a section in which the client sends. */
export const publisherExtensions: readonly string[] = Object.values(extensionUris);

/** What is kept of a section in which we send: layers and levels are ours to choose, so their ids are not. */
export const subscriberExtensions: readonly string[] = [
  extensionUris.mid,
  extensionUris.transportSequence,
  extensionUris.videoOrientation,
  extensionUris.dependencyDescriptor,
];

/** Those of `offered` that are in `kept`, with the ids of the offer (an answer may not renumber, RFC 8285 section 6). */
export function keepExtensions(
  offered: readonly HeaderExtension[],
  kept: readonly string[],
): HeaderExtension[] {
  return offered.filter((extension) => kept.includes(extension.uri));
}

/** The id of `uri` in a section, or 0, which no packet carries, where it was not negotiated. */
export function extensionId(extensions: readonly HeaderExtension[], uri: string): number {
  return extensions.find((extension) => extension.uri === uri)?.id ?? 0;
}
