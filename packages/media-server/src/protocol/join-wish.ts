// The two ways in: `/rtc` with query parameters and `/rtc/v1` with a JoinRequest packed into one of them.
import { gunzipSync } from 'node:zlib';
import {
  type ClientInfo,
  ClientInfo_Capability,
  ClientInfo_SDK,
  JoinRequest,
  WrappedJoinRequest,
  WrappedJoinRequest_Compression,
} from '@livekit/protocol';
import { boundedList, boundedRecord, boundedText, decode, refuse } from './bounds.ts';
import type { JoinWish } from './client-messages.ts';
import { type MessageLimits, parseSessionDescription, parseSyncState } from './parse-client-message.ts';
import { parseTrackRequest } from './track-request.ts';
import { scanMessage } from './wire-scan.ts';

/** What clients say of themselves goes into metrics and logs only, so it is cut instead of refused. */
const maxClientFieldLength = 64;

/**
 * The wish of a signalling URL, whatever path it has: `join_request` makes it v1, and `/rtc/v1` may not come without.
 * The token is not looked at. Throws MediaError `invalid_argument`.
 */
export function parseJoinWish(url: URL, limits: MessageLimits): JoinWish {
  const packed = url.searchParams.get('join_request') ?? '';
  if (packed !== '') return readJoinRequest(unpack(packed, limits), limits);
  if (/\/rtc\/v1(?:\/validate)?\/?$/.test(url.pathname)) refuse('join_request is required');
  return readParameters(url.searchParams, limits);
}

function unpack(packed: string, limits: MessageLimits): JoinRequest {
  if (packed.length > 2 * limits.maxSignalBytes) refuse('join request too large');
  if (!/^[\w\-+/]*={0,2}$/.test(packed)) refuse('cannot base64 decode wrapped join request');
  const wrapping = Buffer.from(packed, 'base64url');
  scanMessage(wrapping, WrappedJoinRequest);
  const wrapped = decode('wrapped join request', () =>
    WrappedJoinRequest.fromBinary(wrapping, { readUnknownFields: false }),
  );
  const bytes = unzip(wrapped, limits.maxSignalBytes);
  scanMessage(bytes, JoinRequest);
  return decode('join request', () => JoinRequest.fromBinary(bytes, { readUnknownFields: false }));
}

function unzip(wrapped: WrappedJoinRequest, maxBytes: number): Uint8Array {
  switch (wrapped.compression) {
    case WrappedJoinRequest_Compression.NONE:
      return wrapped.joinRequest.byteLength <= maxBytes
        ? wrapped.joinRequest
        : refuse('join request too large');
    case WrappedJoinRequest_Compression.GZIP:
      // zlib stops at the limit, so a bomb costs no more than an honest request of that size.
      return decode('compressed join request', () =>
        gunzipSync(wrapped.joinRequest, { maxOutputLength: maxBytes }),
      );
    default:
      return refuse('unknown compression of the join request');
  }
}

function readJoinRequest(wire: JoinRequest, limits: MessageLimits): JoinWish {
  const settings = wire.connectionSettings;
  if (Buffer.byteLength(wire.metadata) > limits.maxMetadataBytes) {
    refuse(`metadata is larger than ${limits.maxMetadataBytes} bytes`);
  }
  boundedList(wire.addTrackRequests, limits.maxTracksPerParticipant, 'tracks');
  return {
    mode: 'v1',
    reconnect: wire.reconnect,
    participantSid: wire.reconnect ? boundedText(wire.participantSid, limits.maxNameLength, 'sid') : '',
    reconnectReason: wire.reconnectReason,
    autoSubscribe: settings?.autoSubscribe ?? false,
    autoSubscribeDataTrack: settings?.autoSubscribeDataTrack ?? false,
    adaptiveStream: settings?.adaptiveStream ?? false,
    metadata: wire.metadata,
    attributes: readAttributes(wire.participantAttributes, limits),
    client: readClientInfo(wire.clientInfo),
    addTrackRequests: wire.addTrackRequests
      .map((request) => parseTrackRequest(request, limits))
      .filter((request) => request !== null),
    publisherOffer:
      wire.publisherOffer === undefined || wire.publisherOffer.sdp === ''
        ? null
        : parseSessionDescription(wire.publisherOffer, 'offer', limits),
    syncState: wire.syncState === undefined ? null : parseSyncState(wire.syncState, limits),
  };
}

/** Empty values would delete what the token says; at join they mean nothing. */
function readAttributes(
  attributes: Readonly<Record<string, string>>,
  limits: MessageLimits,
): Record<string, string> {
  const bounded = boundedRecord(attributes, limits.maxAttributesBytes, 'attributes');
  return Object.fromEntries(Object.entries(bounded).filter(([, value]) => value !== ''));
}

function readClientInfo(info: ClientInfo | undefined): JoinWish['client'] {
  const cut = (text: string | undefined) => (text ?? '').slice(0, maxClientFieldLength);
  return {
    // `react_native` of the enum is `reactnative` in query parameters.
    sdk: (ClientInfo_SDK[info?.sdk ?? ClientInfo_SDK.UNKNOWN] ?? 'UNKNOWN').toLowerCase().replaceAll('_', ''),
    version: cut(info?.version),
    protocol: Math.max(0, info?.protocol ?? 0),
    os: cut(info?.os),
    browser: cut(info?.browser),
    browserVersion: cut(info?.browserVersion),
    deviceModel: cut(info?.deviceModel),
    clientProtocol: Math.max(0, info?.clientProtocol ?? 0),
    capabilities: [...new Set(info?.capabilities)].filter(isKnownCapability),
  };
}

const knownCapabilities: ReadonlyMap<string, ClientInfo_Capability> = new Map([
  ['CAP_PACKET_TRAILER', ClientInfo_Capability.CAP_PACKET_TRAILER],
  ['CAP_COMPRESSION_DEFLATE_RAW', ClientInfo_Capability.CAP_COMPRESSION_DEFLATE_RAW],
]);

function isKnownCapability(capability: ClientInfo_Capability): boolean {
  return [...knownCapabilities.values()].includes(capability);
}

/** Names with commas between; those that we do not know are left out. */
function readCapabilities(names: string): ClientInfo_Capability[] {
  const asked = new Set(names.split(',', maxClientFieldLength).map((name) => name.trim()));
  return [...knownCapabilities].filter(([name]) => asked.has(name)).map(([, capability]) => capability);
}

function readParameters(parameters: URLSearchParams, limits: MessageLimits): JoinWish {
  const text = (name: string) => parameters.get(name) ?? '';
  const flag = (name: string, otherwise: boolean) =>
    text(name) === '' ? otherwise : text(name) === '1' || text(name) === 'true';
  const number = (name: string) => (/^\d{1,9}$/.test(text(name)) ? Number(text(name)) : 0);
  const cut = (name: string) => text(name).slice(0, maxClientFieldLength);
  const reconnect = flag('reconnect', false);
  return {
    mode: 'v0',
    reconnect,
    participantSid: reconnect ? boundedText(text('sid'), limits.maxNameLength, 'sid') : '',
    reconnectReason: number('reconnect_reason'),
    autoSubscribe: flag('auto_subscribe', true),
    autoSubscribeDataTrack: flag('auto_subscribe_data_track', false),
    adaptiveStream: flag('adaptive_stream', false),
    metadata: '',
    attributes: readAttributesParameter(text('attributes'), limits),
    client: {
      sdk: cut('sdk') || 'unknown',
      version: cut('version'),
      protocol: number('protocol'),
      os: cut('os'),
      browser: cut('browser'),
      browserVersion: cut('browser_version'),
      deviceModel: cut('device_model'),
      clientProtocol: number('client_protocol'),
      capabilities: readCapabilities(text('capabilities')),
    },
    addTrackRequests: [],
    publisherOffer: null,
    syncState: null,
  };
}

/** base64url of a JSON object of strings. */
function readAttributesParameter(packed: string, limits: MessageLimits): Record<string, string> {
  if (packed === '') return {};
  if (packed.length > 2 * limits.maxAttributesBytes) refuse('attributes are too large');
  const parsed: unknown = decode('attributes', () =>
    JSON.parse(Buffer.from(packed, 'base64url').toString('utf8')),
  );
  if (parsed === null) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed)) refuse('attributes cannot be read');
  const entries = Object.entries(parsed).map(([key, value]: [string, unknown]): [string, string] => [
    key,
    typeof value === 'string' ? value : refuse('attributes cannot be read'),
  ]);
  return readAttributes(Object.fromEntries(entries), limits);
}
