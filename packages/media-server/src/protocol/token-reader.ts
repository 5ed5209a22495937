// Access tokens into Access: signature, issuer and times by the official verifier, every claim checked for its type,
// LiveKit's defaults applied.
import { RoomConfiguration } from '@livekit/protocol';
import { TokenVerifier } from 'livekit-server-sdk';
import { defaultLimits, type Limits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import type { Access, Grants, RoomSettings } from './access.ts';
import type { TrackSourceName } from './client-messages.ts';

export interface TokenReader {
  /**
   * Throws MediaError `unauthenticated` for whatever is not a token of this key that is valid now, and
   * `invalid_argument` for one that may join but names no room, no identity, or one that is too long.
   */
  read(token: string): Promise<Access>;
}

type TokenLimits = Pick<Limits, 'maxNameLength' | 'maxMetadataBytes' | 'maxAttributesBytes'>;

/** The clocks of whoever makes tokens and ours may differ by this much; the verifier's own default. */
const clockToleranceSeconds = 10;

/** Claims of the body, as JSON has them. */
type Claims = Readonly<Record<string, unknown>>;

export function createTokenReader(options: {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly limits?: TokenLimits;
}): TokenReader {
  const { apiKey, apiSecret, limits = defaultLimits } = options;
  const verifier = new TokenVerifier(apiKey, apiSecret);
  // Base64 of everything that a token may carry, and room for the grants.
  const maxTokenLength = 2 * (limits.maxMetadataBytes + limits.maxAttributesBytes) + 16_384;
  return {
    read: async (token) => {
      if (token === '' || token.length > maxTokenLength || !isHs256(token)) refuse();
      let claims: Claims;
      try {
        claims = asObject(await verifier.verify(token, clockToleranceSeconds));
      } catch {
        return refuse();
      }
      return readAccess(claims, limits);
    },
  };
}

function refuse(): never {
  // One sentence for all: which check failed is nothing that a forger has to know.
  throw new MediaError('unauthenticated', 'invalid authorization token');
}

/** The verifier would take HS384 and HS512 with the same secret; LiveKit makes and takes HS256. */
function isHs256(token: string): boolean {
  const [header = ''] = token.split('.', 1);
  if (header.length > 1024) return false;
  try {
    return asObject(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).alg === 'HS256';
  } catch {
    return false;
  }
}

function asObject(value: unknown): Claims {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Claims) : refuse();
}

/** A claim that is not there counts as empty, one of another type as forged by mistake: the token is refused. */
function text(claims: Claims, name: string): string {
  const value = claims[name] ?? '';
  return typeof value === 'string' ? value : refuse();
}

function flag(claims: Claims, name: string, otherwise: boolean): boolean {
  const value = claims[name] ?? otherwise;
  return typeof value === 'boolean' ? value : refuse();
}

function readAccess(claims: Claims, limits: TokenLimits): Access {
  const grants = readGrants(asObject(claims.video ?? {}));
  const access: Access = {
    identity: text(claims, 'sub'),
    name: text(claims, 'name'),
    metadata: text(claims, 'metadata'),
    attributes: readAttributes(claims.attributes, limits),
    participantKind: readKind(text(claims, 'kind')),
    grants,
    roomSettings: readRoomSettings(claims.roomConfig),
    expiresAt: typeof claims.exp === 'number' ? claims.exp : refuse(),
  };
  checkSizes(access, limits);
  return access;
}

/** Only who joins needs a room and an identity; who administers may have neither. */
function checkSizes(access: Access, limits: TokenLimits): void {
  const { grants, identity, name, metadata } = access;
  const invalid = (what: string): never => {
    throw new MediaError('invalid_argument', what);
  };
  if (identity.length > limits.maxNameLength) {
    invalid(`identity is longer than ${limits.maxNameLength} characters`);
  }
  if (grants.room.length > limits.maxNameLength) {
    invalid(`room name is longer than ${limits.maxNameLength} characters`);
  }
  if (name.length > limits.maxNameLength) invalid(`name is longer than ${limits.maxNameLength} characters`);
  if (Buffer.byteLength(metadata) > limits.maxMetadataBytes) {
    invalid(`metadata is larger than ${limits.maxMetadataBytes} bytes`);
  }
  if (!grants.roomJoin) return;
  if (identity === '') invalid('identity cannot be empty');
  if (grants.room === '') invalid('no room name');
}

function readGrants(video: Claims): Grants {
  const canPublish = flag(video, 'canPublish', true);
  return {
    roomJoin: flag(video, 'roomJoin', false),
    room: text(video, 'room'),
    roomCreate: flag(video, 'roomCreate', false),
    roomList: flag(video, 'roomList', false),
    roomAdmin: flag(video, 'roomAdmin', false),
    roomRecord: flag(video, 'roomRecord', false),
    ingressAdmin: flag(video, 'ingressAdmin', false),
    canPublish,
    canSubscribe: flag(video, 'canSubscribe', true),
    // Who may not publish may not send data either, unless the token says so.
    canPublishData: flag(video, 'canPublishData', canPublish),
    canPublishSources: readSources(video.canPublishSources),
    canUpdateOwnMetadata: flag(video, 'canUpdateOwnMetadata', false),
    canSubscribeMetrics: flag(video, 'canSubscribeMetrics', false),
    hidden: flag(video, 'hidden', false),
    recorder: flag(video, 'recorder', false),
    agent: flag(video, 'agent', false),
  };
}

/** A source that we do not know must not be passed over: an empty list would allow all. */
function readSources(value: unknown): TrackSourceName[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > 16) return refuse();
  return value.map((source: unknown): TrackSourceName => {
    const name = typeof source === 'string' ? source.toLowerCase() : '';
    switch (name) {
      case 'unknown':
      case 'camera':
      case 'microphone':
      case 'screen_share':
      case 'screen_share_audio':
        return name;
      default:
        return refuse();
    }
  });
}

function readKind(kind: string): Access['participantKind'] {
  const name = kind.toLowerCase();
  return name === 'ingress' || name === 'egress' || name === 'sip' || name === 'agent' ? name : 'standard';
}

function readAttributes(value: unknown, limits: TokenLimits): Record<string, string> {
  if (value === undefined || value === null) return {};
  let bytes = 0;
  const entries = Object.entries(asObject(value)).map(([key, entry]): [string, string] => {
    if (typeof entry !== 'string') return refuse();
    bytes += Buffer.byteLength(key) + Buffer.byteLength(entry);
    return [key, entry];
  });
  if (bytes > limits.maxAttributesBytes) {
    throw new MediaError('invalid_argument', `attributes are larger than ${limits.maxAttributesBytes} bytes`);
  }
  return Object.fromEntries(entries);
}

/** Zero and empty mean "as the server has it", as they do in CreateRoom. */
function readRoomSettings(value: unknown): RoomSettings | null {
  if (value === undefined || value === null) return null;
  let config: RoomConfiguration;
  try {
    config = RoomConfiguration.fromJsonString(JSON.stringify(value), { ignoreUnknownFields: true });
  } catch {
    return refuse();
  }
  return {
    emptyTimeoutSeconds: config.emptyTimeout || null,
    departureTimeoutSeconds: config.departureTimeout || null,
    maxParticipants: config.maxParticipants || null,
    metadata: config.metadata || null,
    syncStreams: config.syncStreams || null,
  };
}
