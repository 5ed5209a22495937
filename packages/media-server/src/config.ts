import { isIP } from 'node:net';
import {
  MediaConfigError,
  type Read,
  readAddresses,
  readChoice,
  readIceUrls,
  readPortRange,
  readRanges,
  readWebhookUrls,
  readWholeNumber,
  refuse,
} from './config-readers.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { Secret } from './secret.ts';
import { type MediaSetting, type MediaSettingName, mediaSettings } from './settings.ts';

export { MediaConfigError } from './config-readers.ts';
export { Secret } from './secret.ts';

/** What the environment says, read once, validated and nested; nothing else reads the environment. */
export interface MediaConfig {
  readonly http: {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    readonly trustedProxies: readonly string[];
  };
  readonly apiKey: string;
  readonly apiSecret: Secret;
  readonly udp: {
    /** One port for everybody; null: ports of `range`, or any free one. */
    readonly port: number | null;
    readonly range: { readonly first: number; readonly last: number } | null;
    readonly bindAddress: string | null;
    readonly announcedAddresses: readonly string[];
  };
  readonly stunUrls: readonly string[];
  readonly turn: {
    readonly urls: readonly string[];
    readonly login:
      | { readonly kind: 'fixed'; readonly username: string; readonly credential: Secret }
      | { readonly kind: 'timed'; readonly secret: Secret };
  } | null;
  readonly webhookUrls: readonly string[];
  readonly rooms: {
    readonly autoCreate: boolean;
    readonly emptyTimeoutSeconds: number;
    readonly departureTimeoutSeconds: number;
  };
  readonly limits: Limits;
  readonly metricsToken: Secret | null;
  readonly drainSeconds: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

const minSecretLength = 32;

/** @throws MediaConfigError where a setting cannot be used or a group is half set */
export function loadMediaConfig(environment: Readonly<Record<string, string | undefined>>): MediaConfig {
  const read: Read = (name) => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  checkGroups(read);
  const keys = readKeys(read);
  return {
    http: {
      host: readHost(read),
      port: readWholeNumber('NAER_MEDIA_PORT', 0, 65_535, 7880, read),
      trustedProxies: readRanges('NAER_MEDIA_TRUSTED_PROXIES', read),
    },
    ...keys,
    udp: readUdp(read),
    stunUrls: readIceUrls('NAER_MEDIA_STUN_URLS', ['stun', 'stuns'], read),
    turn: readTurn(read),
    webhookUrls: readWebhookUrls('NAER_MEDIA_WEBHOOK_URLS', read),
    rooms: {
      autoCreate: readChoice('NAER_MEDIA_AUTO_CREATE', ['0', '1'], '1', read) === '1',
      emptyTimeoutSeconds: readWholeNumber('NAER_MEDIA_EMPTY_TIMEOUT', 1, 86_400, 300, read),
      departureTimeoutSeconds: readWholeNumber('NAER_MEDIA_DEPARTURE_TIMEOUT', 1, 86_400, 20, read),
    },
    limits: readLimits(read),
    metricsToken: readMetricsToken(read),
    drainSeconds: readWholeNumber('NAER_MEDIA_DRAIN_SECONDS', 0, 86_400, 30, read),
    logLevel: readChoice(
      'NAER_MEDIA_LOG_LEVEL',
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'info',
      read,
    ),
  };
}

function readHost(read: Read): string {
  const host = read('NAER_MEDIA_HOST') ?? '127.0.0.1';
  if (isIP(host) === 0 && host !== 'localhost') {
    refuse('NAER_MEDIA_HOST', `${host} is not an IP address without a port`, 'Write for example 127.0.0.1.');
  }
  return host;
}

function readKeys(read: Read): { readonly apiKey: string; readonly apiSecret: Secret } {
  const [apiKey, apiSecret] = [read('NAER_MEDIA_KEY'), read('NAER_MEDIA_SECRET')];
  if (apiKey === null || apiSecret === null) {
    return refuse('NAER_MEDIA_KEY', 'there is no key', 'Set NAER_MEDIA_KEY and NAER_MEDIA_SECRET.');
  }
  if (!/^[\w.-]{1,64}$/.test(apiKey)) {
    refuse('NAER_MEDIA_KEY', 'it is not 1 to 64 letters, digits, dots and dashes', 'Write for example naer.');
  }
  if (apiSecret.length < minSecretLength) {
    refuse(
      'NAER_MEDIA_SECRET',
      `it has fewer than ${minSecretLength} characters`,
      'Make one with: openssl rand -base64 48',
    );
  }
  return { apiKey, apiSecret: new Secret(apiSecret) };
}

function readUdp(read: Read): MediaConfig['udp'] {
  const range = readPortRange('NAER_MEDIA_UDP_RANGE', read);
  if (range !== null && read('NAER_MEDIA_UDP_PORT') !== null) {
    refuse('NAER_MEDIA_UDP_RANGE', 'NAER_MEDIA_UDP_PORT is set too', 'Set one of them only.');
  }
  const port = readWholeNumber('NAER_MEDIA_UDP_PORT', 0, 65_535, 7882, read);
  const bindAddress = read('NAER_MEDIA_BIND_ADDRESS');
  if (bindAddress !== null && isIP(bindAddress) === 0) {
    refuse('NAER_MEDIA_BIND_ADDRESS', `${bindAddress} is not an IP address`, 'Write for example 192.0.2.10.');
  }
  return {
    port: range !== null || port === 0 ? null : port,
    range,
    bindAddress,
    announcedAddresses: readAddresses('NAER_MEDIA_ANNOUNCED_ADDRESSES', read),
  };
}

function readTurn(read: Read): MediaConfig['turn'] {
  const urls = readIceUrls('NAER_MEDIA_TURN_URLS', ['turn', 'turns'], read);
  const username = read('NAER_MEDIA_TURN_USERNAME');
  const credential = read('NAER_MEDIA_TURN_CREDENTIAL');
  const secret = read('NAER_MEDIA_TURN_SECRET');
  const fixed = username !== null && credential !== null;
  if (urls.length === 0) {
    if (fixed || secret !== null) {
      refuse(
        'NAER_MEDIA_TURN_URLS',
        'there is a login and no relay',
        'Write for example turn:relay.example.org:3478.',
      );
    }
    return null;
  }
  if (fixed && secret !== null) {
    refuse('NAER_MEDIA_TURN_SECRET', 'there is a fixed login too', 'Set one of them only.');
  }
  if (fixed) return { urls, login: { kind: 'fixed', username, credential: new Secret(credential) } };
  if (secret !== null) return { urls, login: { kind: 'timed', secret: new Secret(secret) } };
  return refuse(
    'NAER_MEDIA_TURN_URLS',
    'there is a relay and no login',
    'Set NAER_MEDIA_TURN_SECRET, or NAER_MEDIA_TURN_USERNAME and NAER_MEDIA_TURN_CREDENTIAL.',
  );
}

function readLimits(read: Read): Limits {
  const most = (name: MediaSettingName, max: number, fallback: number): number =>
    readWholeNumber(name, 1, max, fallback, read);
  return {
    ...defaultLimits,
    maxRooms: most('NAER_MEDIA_MAX_ROOMS', 100_000, defaultLimits.maxRooms),
    maxParticipants: most('NAER_MEDIA_MAX_PARTICIPANTS', 100_000, defaultLimits.maxParticipants),
    maxParticipantsPerRoom: most('NAER_MEDIA_MAX_PER_ROOM', 1000, defaultLimits.maxParticipantsPerRoom),
    maxSocketsPerAddress: most('NAER_MEDIA_MAX_SOCKETS', 100_000, defaultLimits.maxSocketsPerAddress),
    joinsPerSecondPerAddress: most('NAER_MEDIA_MAX_JOINS', 100_000, defaultLimits.joinsPerSecondPerAddress),
  };
}

function readMetricsToken(read: Read): Secret | null {
  const token = read('NAER_MEDIA_METRICS_TOKEN');
  if (token !== null && token.length < 16) {
    refuse(
      'NAER_MEDIA_METRICS_TOKEN',
      'it has fewer than 16 characters',
      'Make one with: openssl rand -base64 24',
    );
  }
  return token === null ? null : new Secret(token);
}

function checkGroups(read: Read): void {
  const list: readonly (MediaSetting & { readonly name: MediaSettingName })[] = mediaSettings;
  const groups = Map.groupBy(
    list.filter((setting) => setting.group !== undefined),
    (setting) => setting.group,
  );
  for (const members of groups.values()) {
    const missing = members.filter((setting) => read(setting.name) === null).map((setting) => setting.name);
    if (missing.length === 0 || missing.length === members.length) continue;
    const names = members.map((setting) => setting.name).join(' and ');
    throw new MediaConfigError(
      missing.join(', '),
      'it is missing',
      `Set ${names} together, or none of them.`,
    );
  }
}
