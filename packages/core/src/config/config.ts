import path from 'node:path';
import { DomainError } from '../kernel/errors.ts';
import {
  isLoopback,
  type Read,
  readChoice,
  readHost,
  readMailFrom,
  readMunicipalityName,
  readProxies,
  readPublicUrl,
  readSmsSender,
  readSmsToken,
  readSmsUrl,
  readTls,
  readUrl,
  readWebhookSecret,
  readWebhookUrl,
  readWholeNumber,
  refuse,
  type WebhookSettings,
} from './readers.ts';
import { Secret } from './secret.ts';
import { type Setting, type SettingName, settings } from './settings.ts';

/** What the environment says, read once, validated and nested; nothing else reads the environment. */
export interface Config {
  /** Absolute path of NAER_HOME. */
  readonly home: string;
  readonly masterKeyFile: string;
  readonly logLevel: string;
  /** Whether a database without municipalities begins with one of invented people. */
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
  /** Null: visits are handed off by hand or as a file. */
  readonly caseSystem: { readonly url: string; readonly secret: Secret } | null;
  readonly messages: MessagesConfig;
  readonly media: MediaConfig;
}

/** How messages to citizens and guests go out; null: what would go that way lands in the mailbox. */
export interface MessagesConfig {
  readonly mail: { readonly url: Secret; readonly from: string } | null;
  readonly sms: { readonly url: string; readonly token: Secret; readonly sender: string } | null;
}

/** Where calls run: on a media server of our own beside the service, or on a LiveKit elsewhere. */
export type MediaConfig =
  /** Its own settings are its own to read: they are handed on as they stand. */
  | { readonly kind: 'embedded'; readonly environment: Readonly<Record<string, Secret>> }
  | {
      readonly kind: 'livekit';
      readonly url: string;
      readonly apiKey: string;
      readonly apiSecret: Secret;
      /** Whether browsers reach its signalling through the service's own address. */
      readonly proxied: boolean;
    };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param root folder that a relative NAER_HOME and its default are taken from
 * @throws DomainError config_invalid, config_half_set
 */
export function loadConfig(environment: Environment, root: string): Config {
  const read: Read = (name) => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  checkGroups(read);

  const home = path.resolve(root, read('NAER_HOME') ?? '.naer');
  const tls = readTls(read);
  const trustedProxies = readProxies(read);
  const host = readHost(read);
  const publicUrl = readPublicUrl(read);
  if (!isLoopback(host) && tls === null && trustedProxies.length === 0) {
    refuse(
      'NAER_HOST',
      {
        da: `${host} kan nås fra andre maskiner, og uden https giver browsere intet kamera`,
        en: `${host} can be reached from other machines, and browsers give no camera without https`,
      },
      {
        da: 'Sæt NAER_TLS_CERT_FILE og NAER_TLS_KEY_FILE, eller NAER_TRUSTED_PROXIES til en proxy med certifikat.',
        en: 'Set NAER_TLS_CERT_FILE and NAER_TLS_KEY_FILE, or NAER_TRUSTED_PROXIES for a proxy with a certificate.',
      },
    );
  }

  const databaseUrl = readUrl('DATABASE_URL', ['postgresql:', 'postgres:'], read);
  const appUrl = readUrl('DATABASE_APP_URL', ['postgresql:', 'postgres:'], read);
  const workerUrl = readUrl('DATABASE_WORKER_URL', ['postgresql:', 'postgres:'], read);
  if (databaseUrl === null && appUrl !== null)
    refuse(
      'DATABASE_APP_URL',
      { da: 'der er ingen DATABASE_URL', en: 'there is no DATABASE_URL' },
      {
        da: 'Sæt også DATABASE_URL; dens login ejer databasen og opdaterer den.',
        en: 'Set DATABASE_URL too; its login owns the database and brings it up to date.',
      },
    );
  // Only a database of our own is filled unasked, and only where nobody has said what it is for.
  const demo =
    read('NAER_DEMO') === null
      ? databaseUrl === null && read('NAER_MUNICIPALITY') === null
      : readChoice('NAER_DEMO', ['0', '1'], '0', read) === '1';
  return {
    home,
    masterKeyFile: path.resolve(root, read('NAER_MASTER_KEY_FILE') ?? path.join(home, 'keys', 'master.json')),
    logLevel: readChoice(
      'NAER_LOG_LEVEL',
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'info',
      read,
    ),
    demo,
    firstMunicipality: readMunicipalityName(read, demo ? 'Demokommune' : 'Min kommune'),
    http: {
      host,
      port: readWholeNumber('NAER_PORT', 0, 65_535, 4080, read),
      publicUrl,
      tls,
      trustedProxies,
      requestsPerMinute: readWholeNumber('NAER_RATE_LIMIT', 0, 1_000_000, 3000, read),
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
    webhook: readTarget({ url: 'NAER_WEBHOOK_URL', secret: 'NAER_WEBHOOK_SECRET' }, read),
    caseSystem: readTarget({ url: 'NAER_CASE_SYSTEM_URL', secret: 'NAER_CASE_SYSTEM_SECRET' }, read),
    messages: readMessages(read),
    media: readMedia(environment, read),
  };
}

function readMedia(environment: Environment, read: Read): MediaConfig {
  const url = readUrl('LIVEKIT_URL', ['wss:', 'ws:', 'https:', 'http:'], read);
  const [apiKey, apiSecret] = [read('LIVEKIT_API_KEY'), read('LIVEKIT_API_SECRET')];
  const proxied = readChoice('NAER_MEDIA_PROXY', ['0', '1'], url === null ? '1' : '0', read) === '1';
  if (url !== null && apiKey !== null && apiSecret !== null)
    return { kind: 'livekit', url, apiKey, apiSecret: new Secret(apiSecret), proxied };
  if (!proxied)
    refuse(
      'NAER_MEDIA_PROXY',
      {
        da: 'vores egen medieserver kan kun nås gennem tjenesten',
        en: 'our own media server is reached through the service only',
      },
      { da: 'Fjern den, eller sæt LIVEKIT_URL.', en: 'Remove it, or set LIVEKIT_URL.' },
    );
  const own = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('NAER_MEDIA_') && name !== 'NAER_MEDIA_PROXY' && value?.trim()
      ? [[name, new Secret(value.trim())] as const]
      : [],
  );
  return { kind: 'embedded', environment: Object.fromEntries(own) };
}

function readMessages(read: Read): MessagesConfig {
  const [url, from] = [readUrl('NAER_SMTP_URL', ['smtps:', 'smtp:'], read), readMailFrom(read)];
  const [smsUrl, token] = [readSmsUrl(read), readSmsToken(read)];
  const sender = readSmsSender(read);
  return {
    mail: url === null || from === null ? null : { url: new Secret(url), from },
    sms: smsUrl === null || token === null ? null : { url: smsUrl, token: new Secret(token), sender },
  };
}

function readTarget(
  names: WebhookSettings,
  read: Read,
): { readonly url: string; readonly secret: Secret } | null {
  const [url, secret] = [readWebhookUrl(names, read), readWebhookSecret(names, read)];
  return url === null || secret === null ? null : { url, secret: new Secret(secret) };
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
