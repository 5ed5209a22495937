import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { DomainError } from '../kernel/errors.ts';
import { findCprLike, isCleanText, isEmail } from '../kernel/text.ts';
import type { SettingName } from './settings.ts';

/** The trimmed value of a setting, or null where it is missing or empty. */
export type Read = (name: SettingName) => string | null;

/** The same said in both languages. */
export interface Said {
  readonly da: string;
  readonly en: string;
}

/** @throws DomainError config_invalid, whose sentences MUST NOT show a value that may hold a password */
export function refuse(setting: SettingName, why: Said, fix: Said): never {
  throw new DomainError('config_invalid', {
    setting,
    why_da: why.da,
    why_en: why.en,
    fix_da: fix.da,
    fix_en: fix.en,
  });
}

const forExample = (value: string | number): Said => ({
  da: `Skriv for eksempel ${value}.`,
  en: `Write for example ${value}.`,
});

export function readWholeNumber(
  name: SettingName,
  min: number,
  max: number,
  fallback: number,
  read: Read,
): number {
  const text = read(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    refuse(
      name,
      {
        da: `${text} er ikke et helt tal fra ${min} til ${max}`,
        en: `${text} is not a whole number from ${min} to ${max}`,
      },
      forExample(fallback),
    );
  }
  return value;
}

export function readChoice<const Values extends readonly string[]>(
  name: SettingName,
  values: Values,
  fallback: Values[number],
  read: Read,
): Values[number] {
  const text = read(name) ?? fallback;
  if (!values.includes(text)) {
    const list = values.join(', ');
    refuse(
      name,
      { da: `${text} er ikke en af ${list}`, en: `${text} is not one of ${list}` },
      forExample(fallback),
    );
  }
  return text;
}

/** The value is never shown: a URL may carry a password. */
export function readUrl(name: SettingName, protocols: readonly string[], read: Read): string | null {
  const text = read(name);
  if (text === null) return null;
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
    refuse(
      name,
      { da: 'det er ikke en brugbar adresse', en: 'it is not a usable address' },
      {
        da: `Skriv en adresse, der begynder med ${protocols[0]}//.`,
        en: `Write an address that begins with ${protocols[0]}//.`,
      },
    );
  }
  return text;
}

export function readHost(read: Read): string {
  const host = read('NAER_HOST') ?? '127.0.0.1';
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(host)) {
    refuse(
      'NAER_HOST',
      { da: `${host} er ikke en adresse uden port`, en: `${host} is not an address without a port` },
      forExample('127.0.0.1'),
    );
  }
  return host;
}

export function readPublicUrl(read: Read): string | null {
  const text = readUrl('NAER_PUBLIC_URL', ['https:', 'http:'], read);
  if (text === null) return null;
  const url = new URL(text);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    refuse(
      'NAER_PUBLIC_URL',
      { da: 'der står mere end en adresse', en: 'it holds more than an address' },
      { da: `Skriv ${url.origin}.`, en: `Write ${url.origin}.` },
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    refuse(
      'NAER_PUBLIC_URL',
      {
        da: 'den er ikke https, og uden det giver browsere intet kamera',
        en: 'it is not https, and browsers give no camera without it',
      },
      { da: `Skriv https://${url.host}.`, en: `Write https://${url.host}.` },
    );
  }
  return url.origin;
}

/** Where signed messages go: the calendar system's, or the case system's. */
export type WebhookSettings =
  | { readonly url: 'NAER_WEBHOOK_URL'; readonly secret: 'NAER_WEBHOOK_SECRET' }
  | { readonly url: 'NAER_CASE_SYSTEM_URL'; readonly secret: 'NAER_CASE_SYSTEM_SECRET' };

/** The messages are signed, not encrypted, so they leave the machine by https only. */
export function readWebhookUrl(settings: WebhookSettings, read: Read): string | null {
  const text = readUrl(settings.url, ['https:', 'http:'], read);
  if (text === null) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    refuse(
      settings.url,
      { da: 'der står et brugernavn i adressen', en: 'the address holds a user name' },
      {
        da: `Fjern det; beskederne er underskrevet med ${settings.secret}.`,
        en: `Remove it; the messages are signed with ${settings.secret}.`,
      },
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    refuse(
      settings.url,
      { da: 'den er ikke https', en: 'it is not https' },
      {
        da: 'Skriv en adresse, der begynder med https://.',
        en: 'Write an address that begins with https://.',
      },
    );
  }
  return text;
}

/** Standard Webhooks, "Signature scheme": `whsec_` and base64 of 24 to 64 random bytes. */
export function readWebhookSecret(settings: WebhookSettings, read: Read): string | null {
  const text = read(settings.secret);
  if (text === null) return null;
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1] ?? '';
  const bytes = Buffer.from(encoded, 'base64').length;
  if (bytes < 24 || bytes > 64) {
    refuse(
      settings.secret,
      {
        da: 'den er ikke whsec_ og 24 til 64 byte i base64',
        en: 'it is not whsec_ and 24 to 64 bytes in base64',
      },
      {
        da: 'Lav en med: echo whsec_$(openssl rand -base64 32)',
        en: 'Make one with: echo whsec_$(openssl rand -base64 32)',
      },
    );
  }
  return text;
}

export function readProxies(read: Read): readonly string[] {
  const list = (read('NAER_TRUSTED_PROXIES') ?? '').split(',').map((part) => part.trim());
  const proxies = list.filter((part) => part !== '');
  for (const proxy of proxies) {
    const [address = '', bits, ...more] = proxy.split('/');
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    const fits = bits === undefined ? longest > 0 : /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
    if (fits && more.length === 0) continue;
    refuse(
      'NAER_TRUSTED_PROXIES',
      { da: `${proxy} er ikke en adresse eller et område`, en: `${proxy} is not an address or range` },
      forExample('10.0.0.5, 10.0.0.0/24'),
    );
  }
  return proxies;
}

/** Both files are read and tried here, so that a wrong one is told at start and not by a browser. */
export function readTls(read: Read): { readonly certFile: string; readonly keyFile: string } | null {
  const [certFile, keyFile] = [read('NAER_TLS_CERT_FILE'), read('NAER_TLS_KEY_FILE')];
  if (certFile === null || keyFile === null) return null;
  const content = (name: SettingName, file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch {
      return refuse(
        name,
        { da: `filen ${file} kan ikke læses`, en: `the file ${file} cannot be read` },
        {
          da: 'Ret stien, og giv Nær ret til at læse filen.',
          en: 'Correct the path, and let Nær read the file.',
        },
      );
    }
  };
  const cert = content('NAER_TLS_CERT_FILE', certFile);
  const key = content('NAER_TLS_KEY_FILE', keyFile);
  const certificate = orNull(() => new X509Certificate(cert));
  if (certificate === null) return refuse('NAER_TLS_CERT_FILE', ...notPem(certFile, 'BEGIN CERTIFICATE'));
  const privateKey = orNull(() => createPrivateKey(key));
  if (privateKey === null) return refuse('NAER_TLS_KEY_FILE', ...notPem(keyFile, 'BEGIN PRIVATE KEY'));
  if (!certificate.checkPrivateKey(privateKey)) {
    refuse(
      'NAER_TLS_KEY_FILE',
      { da: `${keyFile} passer ikke til certifikatet`, en: `${keyFile} does not fit the certificate` },
      {
        da: 'Brug den nøgle, som certifikatet blev lavet med.',
        en: 'Use the key that the certificate was made with.',
      },
    );
  }
  return { certFile, keyFile };
}

function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

const notPem = (file: string, begin: string): [Said, Said] => [
  { da: `${file} er ikke i PEM-format`, en: `${file} is not in PEM format` },
  {
    da: `Brug en fil uden adgangskode, som begynder med -----${begin}-----.`,
    en: `Use a file without a passphrase that begins with -----${begin}-----.`,
  },
];

export function readMunicipalityName(read: Read, fallback: string): string {
  const name = (read('NAER_MUNICIPALITY') ?? fallback).normalize('NFC');
  if (name.length > 120 || !isCleanText(name) || findCprLike(name) !== null) {
    refuse(
      'NAER_MUNICIPALITY',
      { da: 'det er ikke et navn på højst 120 tegn', en: 'it is not a name of at most 120 characters' },
      forExample('Nordby Kommune'),
    );
  }
  return name;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

export function readMailFrom(read: Read): string | null {
  const text = read('NAER_MAIL_FROM');
  if (text !== null && !isEmail(text))
    refuse(
      'NAER_MAIL_FROM',
      { da: 'det er ikke en mailadresse', en: 'it is not a mail address' },
      forExample('aftale@nordby.dk'),
    );
  return text;
}

/** Text messages hold links that open calls, so they leave the machine by https only. */
export function readSmsUrl(read: Read): string | null {
  const text = readUrl('NAER_SMS_URL', ['https:', 'http:'], read);
  if (text === null) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    refuse(
      'NAER_SMS_URL',
      { da: 'der står et brugernavn i adressen', en: 'the address holds a user name' },
      { da: 'Fjern det, og brug NAER_SMS_TOKEN.', en: 'Remove it, and use NAER_SMS_TOKEN.' },
    );
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    refuse(
      'NAER_SMS_URL',
      { da: 'den er ikke https', en: 'it is not https' },
      {
        da: 'Skriv en adresse, der begynder med https://.',
        en: 'Write an address that begins with https://.',
      },
    );
  return text;
}

/** It also lets in receipts, so it must not be guessed. */
export function readSmsToken(read: Read): string | null {
  const text = read('NAER_SMS_TOKEN');
  if (text !== null && !/^[\x21-\x7e]{24,200}$/.test(text))
    refuse(
      'NAER_SMS_TOKEN',
      { da: 'den er ikke 24 til 200 synlige ASCII-tegn', en: 'it is not 24 to 200 visible ASCII characters' },
      { da: 'Lav en med: openssl rand -hex 32', en: 'Make one with: openssl rand -hex 32' },
    );
  return text;
}

/** An alphanumeric address of GSM (3GPP TS 23.038, section 6.2.1) holds 11 characters; else it is a number. */
export function readSmsSender(read: Read): string {
  const text = read('NAER_SMS_SENDER') ?? 'Aftale';
  if (!/^([A-Za-z0-9 ]{1,11}|\+?\d{3,15})$/.test(text))
    refuse(
      'NAER_SMS_SENDER',
      {
        da: 'det er ikke højst 11 bogstaver og cifre eller et nummer',
        en: 'it is not at most 11 letters and digits, or a number',
      },
      forExample('Aftale'),
    );
  return text;
}
