import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadMediaConfig, MediaConfigError } from './config.ts';
import { mediaSettings } from './settings.ts';

const keys = { NAER_MEDIA_KEY: 'naer', NAER_MEDIA_SECRET: 'a-secret-of-at-least-32-characters' };
const load = (environment: Record<string, string> = {}) => loadMediaConfig({ ...keys, ...environment });
const refusal = (environment: Record<string, string>): string => {
  try {
    loadMediaConfig(environment);
    return 'taken';
  } catch (error) {
    return error instanceof MediaConfigError ? error.message : `not a refusal: ${error}`;
  }
};

describe('the configuration', () => {
  it('needs a key and a secret only', () => {
    const config = load();
    expect(config).toMatchObject({
      http: { host: '127.0.0.1', port: 7880, trustedProxies: [] },
      udp: { port: 7882, range: null, bindAddress: null, announcedAddresses: [] },
      turn: null,
      rooms: { autoCreate: true, emptyTimeoutSeconds: 300, departureTimeoutSeconds: 20 },
    });
    expect(config.apiSecret.reveal()).toBe(keys.NAER_MEDIA_SECRET);
  });

  it('takes what it is given, trimmed, and lists without repeats', () => {
    const config = load({
      NAER_MEDIA_PORT: ' 0 ',
      NAER_MEDIA_UDP_RANGE: '50000-50100',
      NAER_MEDIA_ANNOUNCED_ADDRESSES: '203.0.113.7, 2001:db8::7,203.0.113.7',
      NAER_MEDIA_STUN_URLS: 'stun:stun.example.org:3478',
      NAER_MEDIA_TURN_URLS: 'turn:[2001:db8::1]:3478?transport=tcp,turns:relay.example.org',
      NAER_MEDIA_TURN_SECRET: 'shared',
      NAER_MEDIA_WEBHOOK_URLS: 'http://127.0.0.1:4080/hook',
      NAER_MEDIA_MAX_ROOMS: '7',
      NAER_MEDIA_AUTO_CREATE: '0',
    });
    expect(config.http.port).toBe(0);
    expect(config.udp).toMatchObject({
      port: null,
      range: { first: 50_000, last: 50_100 },
      announcedAddresses: ['203.0.113.7', '2001:db8::7'],
    });
    expect(config.turn?.login.kind).toBe('timed');
    expect(config.limits.maxRooms).toBe(7);
    expect(config.rooms.autoCreate).toBe(false);
  });

  it('shows no secret, however it is printed', () => {
    const config = load({
      NAER_MEDIA_TURN_URLS: 'turn:relay.example.org',
      NAER_MEDIA_TURN_USERNAME: 'us',
      NAER_MEDIA_TURN_CREDENTIAL: 'canary-credential',
      NAER_MEDIA_METRICS_TOKEN: 'canary-metrics-token',
    });
    for (const text of [inspect(config, { depth: 9 }), JSON.stringify(config)]) {
      expect(text).not.toContain('canary');
      expect(text).not.toContain(keys.NAER_MEDIA_SECRET);
    }
  });

  const refused: [string, Record<string, string>, string][] = [
    ['no keys', {}, 'NAER_MEDIA_KEY'],
    ['a key without a secret', { NAER_MEDIA_KEY: 'naer' }, 'NAER_MEDIA_SECRET: it is missing'],
    ['a short secret', { ...keys, NAER_MEDIA_SECRET: 'canary' }, 'fewer than 32'],
    ['a port that is none', { ...keys, NAER_MEDIA_PORT: '70000' }, '70000 is not a whole number'],
    ['a host with a port', { ...keys, NAER_MEDIA_HOST: '127.0.0.1:80' }, 'NAER_MEDIA_HOST'],
    ['a range backwards', { ...keys, NAER_MEDIA_UDP_RANGE: '6000-5000' }, 'NAER_MEDIA_UDP_RANGE'],
    [
      'a port and a range',
      { ...keys, NAER_MEDIA_UDP_RANGE: '5000-6000', NAER_MEDIA_UDP_PORT: '7882' },
      'Set one of them only',
    ],
    [
      'a name as announced address',
      { ...keys, NAER_MEDIA_ANNOUNCED_ADDRESSES: 'example.org' },
      'not an IP address',
    ],
    ['a relay without a login', { ...keys, NAER_MEDIA_TURN_URLS: 'turn:a.example' }, 'a relay and no login'],
    ['a login without a relay', { ...keys, NAER_MEDIA_TURN_SECRET: 'canary' }, 'a login and no relay'],
    [
      'half a login',
      { ...keys, NAER_MEDIA_TURN_URLS: 'turn:a.example', NAER_MEDIA_TURN_USERNAME: 'u' },
      'NAER_MEDIA_TURN_CREDENTIAL: it is missing',
    ],
    [
      'a web address as relay',
      { ...keys, NAER_MEDIA_TURN_URLS: 'https://a.example' },
      'NAER_MEDIA_TURN_URLS',
    ],
    [
      'events in the clear',
      { ...keys, NAER_MEDIA_WEBHOOK_URLS: 'http://a.example/canary' },
      'one is not https',
    ],
    [
      'a password in an address',
      { ...keys, NAER_MEDIA_WEBHOOK_URLS: 'https://u:canary@a.example' },
      'user name',
    ],
    [
      'a range that is none',
      { ...keys, NAER_MEDIA_TRUSTED_PROXIES: '10.0.0.0/33' },
      'NAER_MEDIA_TRUSTED_PROXIES',
    ],
    ['a guessable metrics token', { ...keys, NAER_MEDIA_METRICS_TOKEN: 'canary' }, 'fewer than 16'],
  ];
  for (const [what, environment, why] of refused) {
    it(`refuses ${what}, and shows no secret then either`, () => {
      expect(refusal(environment)).toContain(why);
      expect(refusal(environment)).not.toContain('canary');
    });
  }

  it('has a table that names each setting once and says what it is for', () => {
    const names = mediaSettings.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { meaning } of mediaSettings) expect(meaning).toMatch(/^.{10,}[.]$/);
  });
});
