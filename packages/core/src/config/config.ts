import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { DomainError } from '../kernel/errors.ts';
import { Secret } from './secret.ts';
import { type Setting, type SettingName, settings } from './settings.ts';

/** What the environment says, read once, validated and nested; nothing else reads the environment. */
export interface Config {
  /** Absolute path of NAER_HOME. */
  readonly home: string;
  readonly masterKeyFile: string;
  readonly logLevel: string;
  readonly demo: boolean;
  readonly firstMunicipality: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
    readonly trustedProxies: readonly string[];
    readonly requestsPerMinute: number;
  };
  /** Null: the embedded PostgreSQL. */
  readonly database: {
    readonly ownerUrl: Secret;
    readonly logins: { readonly appUrl: Secret; readonly workerUrl: Secret } | null;
  } | null;
  readonly webhook: { readonly url: string; readonly secret: Secret } | null;
  readonly liveKit: { readonly url: string; readonly apiKey: string; readonly apiSecret: Secret } | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param root folder that a relative NAER_HOME and its default are taken from
 * @throws DomainError config_invalid, config_half_set
 */
export function loadConfig(environment: Environment, root: string): Config {
  const read = (name: SettingName): string | null => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  checkGroups(read);

  const home = path.resolve(root, read('NAER_HOME') ?? '.naer');
  const certFile = existing('NAER_TLS_CERT_FILE', read);
  const keyFile = existing('NAER_TLS_KEY_FILE', read);
  const tls = certFile === null || keyFile === null ? null : { certFile, keyFile };
  const trustedProxies = (read('NAER_TRUSTED_PROXIES') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const proxy of trustedProxies) {
    const [address = '', bits = '0'] = proxy.split('/');
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits))
      refuse(
        'NAER_TRUSTED_PROXIES',
        `${proxy} is not an address or range`,
        'Write for example 10.0.0.5 or 10.0.0.0/24.',
      );
  }
  const host = read('NAER_HOST') ?? '127.0.0.1';
  const publicUrl = readPublicUrl(read);
  if (!isLoopback(host) && tls === null && trustedProxies.length === 0) {
    refuse(
      'NAER_HOST',
      `${host} can be reached from other machines, and browsers give no camera without https`,
      'Set NAER_TLS_CERT_FILE and NAER_TLS_KEY_FILE, or NAER_TRUSTED_PROXIES for a proxy that has a certificate.',
    );
  }

  const databaseUrl = readUrl('DATABASE_URL', ['postgresql:', 'postgres:'], read);
  const appUrl = readUrl('DATABASE_APP_URL', ['postgresql:', 'postgres:'], read);
  const workerUrl = readUrl('DATABASE_WORKER_URL', ['postgresql:', 'postgres:'], read);
  if (databaseUrl === null && appUrl !== null)
    refuse(
      'DATABASE_APP_URL',
      'there is no DATABASE_URL',
      'Set DATABASE_URL too; its login owns the database and brings it up to date.',
    );
  const webhookUrl = readUrl('NAER_WEBHOOK_URL', ['https:', 'http:'], read);
  const webhookSecret = read('NAER_WEBHOOK_SECRET');
  if (webhookSecret !== null && !isWebhookSecret(webhookSecret))
    refuse(
      'NAER_WEBHOOK_SECRET',
      'it is not whsec_ and at least 24 bytes in base64',
      'Make one with: echo whsec_$(openssl rand -base64 32)',
    );
  const liveKitUrl = readUrl('LIVEKIT_URL', ['wss:', 'ws:', 'https:', 'http:'], read);
  const liveKitKey = read('LIVEKIT_API_KEY');
  const liveKitSecret = read('LIVEKIT_API_SECRET');

  return {
    home,
    masterKeyFile: path.resolve(root, read('NAER_MASTER_KEY_FILE') ?? path.join(home, 'keys', 'master.json')),
    logLevel: choice('NAER_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'info', read),
    demo: choice('NAER_DEMO', ['0', '1'], '0', read) === '1',
    firstMunicipality: read('NAER_MUNICIPALITY') ?? 'Min kommune',
    http: {
      host,
      port: wholeNumber('NAER_PORT', 0, 65_535, 4080, read),
      publicUrl,
      tls,
      trustedProxies,
      requestsPerMinute: wholeNumber('NAER_RATE_LIMIT', 0, 1_000_000, 3000, read),
    },
    database:
      databaseUrl === null
        ? null
        : {
            ownerUrl: new Secret(databaseUrl),
            logins:
              appUrl === null || workerUrl === null
                ? null
                : { appUrl: new Secret(appUrl), workerUrl: new Secret(workerUrl) },
          },
    webhook:
      webhookUrl === null || webhookSecret === null
        ? null
        : { url: webhookUrl, secret: new Secret(webhookSecret) },
    liveKit:
      liveKitUrl === null || liveKitKey === null || liveKitSecret === null
        ? null
        : { url: liveKitUrl, apiKey: liveKitKey, apiSecret: new Secret(liveKitSecret) },
  };
}

type Read = (name: SettingName) => string | null;

function refuse(setting: SettingName, why: string, fix: string): never {
  throw new DomainError('config_invalid', { setting, why, fix });
}

function checkGroups(read: Read): void {
  const list: readonly (Setting & { readonly name: SettingName })[] = settings;
  const groups = Map.groupBy(
    list.filter((setting) => setting.group !== undefined),
    (setting) => setting.group,
  );
  for (const members of groups.values()) {
    const missing = members.filter((setting) => read(setting.name) === null).map((setting) => setting.name);
    if (missing.length > 0 && missing.length < members.length) {
      throw new DomainError('config_half_set', {
        group: members.map((setting) => setting.name).join(', '),
        missing: missing.join(', '),
      });
    }
  }
}

function wholeNumber(name: SettingName, min: number, max: number, fallback: number, read: Read): number {
  const text = read(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    refuse(name, `${text} is not a whole number from ${min} to ${max}`, `Write for example ${fallback}.`);
  return value;
}

function choice<const Values extends readonly string[]>(
  name: SettingName,
  values: Values,
  fallback: Values[number],
  read: Read,
): Values[number] {
  const text = read(name) ?? fallback;
  if (!values.includes(text))
    refuse(name, `${text} is not one of ${values.join(', ')}`, `Write for example ${fallback}.`);
  return text;
}

function existing(name: SettingName, read: Read): string | null {
  const file = read(name);
  if (file !== null && !existsSync(file))
    refuse(name, `there is no file ${file}`, 'Check the path and that Nær may read it.');
  return file;
}

/** The value is never shown: a URL may carry a password. */
function readUrl(name: SettingName, protocols: readonly string[], read: Read): string | null {
  const text = read(name);
  if (text === null) return null;
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol))
    refuse(name, 'it is not a usable address', `Write an address that begins with ${protocols[0]}//`);
  return text;
}

function readPublicUrl(read: Read): string | null {
  const text = readUrl('NAER_PUBLIC_URL', ['https:', 'http:'], read);
  if (text === null) return null;
  const url = new URL(text);
  if (url.pathname !== '/' || url.search !== '')
    refuse('NAER_PUBLIC_URL', 'it has a path', `Write ${url.origin}`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    refuse(
      'NAER_PUBLIC_URL',
      'it is not https, and browsers give no camera without it',
      `Write https://${url.host}`,
    );
  return url.origin;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isWebhookSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  return encoded !== undefined && Buffer.from(encoded, 'base64').length >= 24;
}
