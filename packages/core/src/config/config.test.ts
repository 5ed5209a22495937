import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLog } from '../http/logging.ts';
import { DomainError, describeError } from '../kernel/errors.ts';
import { loadConfig, Secret, settings } from './index.ts';

const fixtures = path.join(import.meta.dirname, '../testing/fixtures');
const cert = path.join(fixtures, 'localhost.cert.pem');
const key = path.join(fixtures, 'localhost.key.pem');
const otherKey = path.join(fixtures, 'other.key.pem');
const load = (environment: Record<string, string | undefined>) => loadConfig(environment, '/srv/naer');

const refusal = (environment: Record<string, string>): DomainError => {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error(`was accepted: ${JSON.stringify(environment)}`);
};

describe('the configuration', () => {
  it('needs no setting at all', () => {
    expect(load({})).toEqual({
      home: '/srv/naer/.naer',
      masterKeyFile: '/srv/naer/.naer/keys/master.json',
      logLevel: 'info',
      demo: true,
      firstMunicipality: 'Demokommune',
      http: {
        host: '127.0.0.1',
        port: 4080,
        publicUrl: null,
        tls: null,
        trustedProxies: [],
        requestsPerMinute: 3000,
      },
      database: null,
      webhook: null,
      caseSystem: null,
      messages: { mail: null, sms: null },
      media: { kind: 'embedded', environment: {} },
    });
  });

  it('takes an empty or blank setting as not set', () => {
    const blank = Object.fromEntries(settings.map(({ name }) => [name, '  ']));
    expect(load(blank)).toEqual(load({}));
  });

  const url = 'postgresql://a:canary@db/naer';
  it.each<[Record<string, string>, boolean, string]>([
    [{ NAER_DEMO: '0' }, false, 'Min kommune'],
    [{ NAER_DEMO: '1' }, true, 'Demokommune'],
    [{ DATABASE_URL: url }, false, 'Min kommune'],
    [{ DATABASE_URL: url, NAER_DEMO: '1' }, true, 'Demokommune'],
    [{ NAER_MUNICIPALITY: 'Nordby Kommune' }, false, 'Nordby Kommune'],
    [{ NAER_MUNICIPALITY: 'Nordby Kommune', NAER_DEMO: '1' }, true, 'Nordby Kommune'],
  ])(
    'begins with demo data only in a database of its own, or when asked to: %j',
    (environment, demo, name) => {
      const config = load(environment);
      expect([config.demo, config.firstMunicipality]).toEqual([demo, name]);
    },
  );

  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  it.each<[string, Record<string, string>]>([
    ['NAER_PORT', { NAER_PORT: 'abc' }],
    ['NAER_PORT', { NAER_PORT: '-1' }],
    ['NAER_PORT', { NAER_PORT: '65536' }],
    ['NAER_PORT', { NAER_PORT: '80.5' }],
    ['NAER_PORT', { NAER_PORT: '0x50' }],
    ['NAER_PORT', { NAER_PORT: '1e3' }],
    ['NAER_RATE_LIMIT', { NAER_RATE_LIMIT: 'none' }],
    ['NAER_LOG_LEVEL', { NAER_LOG_LEVEL: 'verbose' }],
    ['NAER_DEMO', { NAER_DEMO: 'yes' }],
    ['NAER_MUNICIPALITY', { NAER_MUNICIPALITY: 'x'.repeat(121) }],
    ['NAER_MUNICIPALITY', { NAER_MUNICIPALITY: 'Nord\u0000by' }],
    ['NAER_MUNICIPALITY', { NAER_MUNICIPALITY: 'Nordby 010190-1234' }],
    ['NAER_HOST', { NAER_HOST: '0.0.0.0' }],
    ['NAER_HOST', { NAER_HOST: '::' }],
    ['NAER_HOST', { NAER_HOST: 'naer.example.dk' }],
    ['NAER_HOST', { NAER_HOST: '127.0.0.1:4080' }],
    ['NAER_HOST', { NAER_HOST: 'http://127.0.0.1' }],
    ['NAER_HOST', { NAER_HOST: '127.0.0.1.example.dk' }],
    ['NAER_PUBLIC_URL', { NAER_PUBLIC_URL: 'naer.example.dk' }],
    ['NAER_PUBLIC_URL', { NAER_PUBLIC_URL: 'http://naer.example.dk' }],
    ['NAER_PUBLIC_URL', { NAER_PUBLIC_URL: 'https://naer.example.dk/path' }],
    ['NAER_PUBLIC_URL', { NAER_PUBLIC_URL: 'https://a:canary@naer.example.dk' }],
    ['NAER_PUBLIC_URL', { NAER_PUBLIC_URL: 'ftp://naer.example.dk' }],
    ['NAER_PUBLIC_URL', { NAER_PUBLIC_URL: 'http://localhost.example.dk' }],
    ['NAER_TRUSTED_PROXIES', { NAER_TRUSTED_PROXIES: 'proxy' }],
    ['NAER_TRUSTED_PROXIES', { NAER_TRUSTED_PROXIES: '10.0.0.1, 10.0.0.0/33' }],
    ['NAER_TRUSTED_PROXIES', { NAER_TRUSTED_PROXIES: '10.0.0.0/' }],
    ['NAER_TRUSTED_PROXIES', { NAER_TRUSTED_PROXIES: 'fd00::/129' }],
    ['NAER_TRUSTED_PROXIES', { NAER_TRUSTED_PROXIES: '10.0.0.0/8/8' }],
    ['NAER_TLS_CERT_FILE', { NAER_TLS_CERT_FILE: '/no/such/file', NAER_TLS_KEY_FILE: key }],
    ['NAER_TLS_KEY_FILE', { NAER_TLS_CERT_FILE: cert, NAER_TLS_KEY_FILE: '/no/such/file' }],
    ['NAER_TLS_CERT_FILE', { NAER_TLS_CERT_FILE: import.meta.filename, NAER_TLS_KEY_FILE: key }],
    ['NAER_TLS_KEY_FILE', { NAER_TLS_CERT_FILE: cert, NAER_TLS_KEY_FILE: import.meta.filename }],
    ['NAER_TLS_KEY_FILE', { NAER_TLS_CERT_FILE: cert, NAER_TLS_KEY_FILE: otherKey }],
    ['NAER_TLS_CERT_FILE', { NAER_TLS_CERT_FILE: fixtures, NAER_TLS_KEY_FILE: key }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://a:canary@db/naer' }],
    ['DATABASE_URL', { DATABASE_URL: 'canary' }],
    [
      'DATABASE_APP_URL',
      {
        DATABASE_APP_URL: 'postgresql://a:canary@db/naer',
        DATABASE_WORKER_URL: 'postgresql://b:canary@db/naer',
      },
    ],
    [
      'NAER_WEBHOOK_URL',
      { NAER_WEBHOOK_URL: 'http://calendar.example.dk/canary', NAER_WEBHOOK_SECRET: secret },
    ],
    ['NAER_WEBHOOK_URL', { NAER_WEBHOOK_URL: 'https://a:canary@example.dk', NAER_WEBHOOK_SECRET: secret }],
    ['NAER_WEBHOOK_SECRET', { NAER_WEBHOOK_URL: 'https://example.dk', NAER_WEBHOOK_SECRET: 'whsec_canary' }],
    [
      'NAER_WEBHOOK_SECRET',
      { NAER_WEBHOOK_URL: 'https://example.dk', NAER_WEBHOOK_SECRET: `canary${secret}` },
    ],
    [
      'NAER_WEBHOOK_SECRET',
      {
        NAER_WEBHOOK_URL: 'https://example.dk',
        NAER_WEBHOOK_SECRET: `whsec_${Buffer.alloc(65).toString('base64')}`,
      },
    ],
    [
      'NAER_CASE_SYSTEM_URL',
      { NAER_CASE_SYSTEM_URL: 'http://fagsystem.example.dk/canary', NAER_CASE_SYSTEM_SECRET: secret },
    ],
    [
      'NAER_CASE_SYSTEM_SECRET',
      { NAER_CASE_SYSTEM_URL: 'https://example.dk', NAER_CASE_SYSTEM_SECRET: 'whsec_canary' },
    ],
    ['NAER_SMTP_URL', { NAER_SMTP_URL: 'https://a:canary@mail.example.dk', NAER_MAIL_FROM: 'a@example.dk' }],
    ['NAER_MAIL_FROM', { NAER_SMTP_URL: 'smtps://mail.example.dk', NAER_MAIL_FROM: 'Aftale canary' }],
    ['NAER_SMS_URL', { NAER_SMS_URL: 'http://sms.example.dk/canary', NAER_SMS_TOKEN: 'x'.repeat(24) }],
    ['NAER_SMS_URL', { NAER_SMS_URL: 'https://a:canary@sms.example.dk', NAER_SMS_TOKEN: 'x'.repeat(24) }],
    ['NAER_SMS_TOKEN', { NAER_SMS_URL: 'https://sms.example.dk', NAER_SMS_TOKEN: 'canary' }],
    ['NAER_SMS_SENDER', { NAER_SMS_SENDER: 'Kommunens aftaler' }],
    ['LIVEKIT_URL', { LIVEKIT_URL: 'canary', LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 'canary' }],
  ])('refuses a bad %s in one sentence with a next step: %j', (setting, environment) => {
    const error = refusal(environment);
    expect([error.code, error.params.setting]).toEqual(['config_invalid', setting]);
    for (const language of ['da', 'en'] as const) {
      const { what, next } = describeError(error.code, error.params, language);
      expect(what).toContain(setting);
      expect(what).toMatch(/\.$/);
      expect(next.length).toBeGreaterThan(10);
      expect(`${what} ${next}`).not.toMatch(/\?|undefined|\n/);
      expect(`${what} ${next}`).not.toContain('canary');
    }
    expect(describeError(error.code, error.params, 'da')).not.toEqual(
      describeError(error.code, error.params, 'en'),
    );
  });

  const groups = Map.groupBy(
    settings.filter((setting) => 'group' in setting),
    (setting) => ('group' in setting ? setting.group : ''),
  );
  it.each([...groups])('refuses a half-set group %s and names what is missing', (_, members) => {
    expect(members.length).toBeGreaterThan(1);
    for (const given of members) {
      const error = refusal({ [given.name]: 'canary' });
      expect(error.code).toBe('config_half_set');
      const missing = members.filter((member) => member !== given).map(({ name }) => name);
      expect(error.params.missing).toBe(missing.join(', '));
      expect(error.message).not.toContain('canary');
    }
  });

  it('listens beyond loopback with TLS files or behind a proxy', () => {
    const tls = { NAER_TLS_CERT_FILE: cert, NAER_TLS_KEY_FILE: key };
    expect(load({ NAER_HOST: '0.0.0.0', ...tls }).http.tls).toEqual({ certFile: cert, keyFile: key });
    const behind = load({ NAER_HOST: '::', NAER_TRUSTED_PROXIES: '10.0.0.5, 10.0.0.0/24,fd00::/8' });
    expect(behind.http.trustedProxies).toEqual(['10.0.0.5', '10.0.0.0/24', 'fd00::/8']);
  });

  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])('listens on loopback %s without https', (host) => {
    expect(load({ NAER_HOST: host }).http.host).toBe(host);
  });

  it.each([
    ['https://naer.example.dk/', 'https://naer.example.dk'],
    ['http://localhost:4080', 'http://localhost:4080'],
    ['http://[::1]:4080', 'http://[::1]:4080'],
  ])('takes the public address %s', (given, taken) => {
    expect(load({ NAER_PUBLIC_URL: given }).http.publicUrl).toBe(taken);
  });

  it('shows no secret as JSON, in an inspection, in a template or in a log', () => {
    const config = load({
      DATABASE_URL: 'postgresql://a:canary-db@db/naer',
      DATABASE_APP_URL: 'postgresql://b:canary-app@db/naer',
      DATABASE_WORKER_URL: 'postgresql://c:canary-worker@db/naer',
      NAER_WEBHOOK_URL: 'https://calendar.example.dk/in',
      NAER_WEBHOOK_SECRET: secret,
      NAER_CASE_SYSTEM_URL: 'https://fagsystem.example.dk/in',
      NAER_CASE_SYSTEM_SECRET: secret,
      NAER_SMTP_URL: 'smtps://a:canary-mail@mail.example.dk',
      NAER_MAIL_FROM: 'aftale@example.dk',
      NAER_SMS_URL: 'https://sms.example.dk/in',
      NAER_SMS_TOKEN: 'canary-token-of-the-gateway',
      LIVEKIT_URL: 'wss://live.example.dk',
      LIVEKIT_API_KEY: 'key',
      LIVEKIT_API_SECRET: 'canary-livekit',
    });
    const lines: string[] = [];
    createLog('info', { write: (line) => void lines.push(line) }).info({ config }, 'started');
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: 10, showHidden: true }),
      `${config.webhook?.secret} ${config.caseSystem?.secret}`,
      ...lines,
    ].join('\n');
    expect(shown).not.toMatch(/canary|whsec_/);
    expect(shown).toContain('[hidden]');
    expect(config.caseSystem?.secret.reveal()).toBe(secret);
    expect(config.database?.ownerUrl.reveal()).toBe('postgresql://a:canary-db@db/naer');
    expect(Object.keys(new Secret('x'))).toEqual([]);
  });
});
