import { isIP } from 'node:net';
import type { MediaSettingName } from './settings.ts';

/** The trimmed value of a setting, or null where it is missing or empty. */
export type Read = (name: MediaSettingName) => string | null;

/** What the operator wrote cannot be used: which setting, why, and what to write. Never shows a secret. */
export class MediaConfigError extends Error {
  readonly setting: string;
  readonly fix: string;

  constructor(setting: string, why: string, fix: string) {
    super(`${setting}: ${why}. ${fix}`);
    this.name = 'MediaConfigError';
    this.setting = setting;
    this.fix = fix;
  }
}

export function refuse(name: MediaSettingName, why: string, fix: string): never {
  throw new MediaConfigError(name, why, fix);
}

export function readWholeNumber(
  name: MediaSettingName,
  min: number,
  max: number,
  fallback: number,
  read: Read,
): number {
  const text = read(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    refuse(name, `${text} is not a whole number from ${min} to ${max}`, `Write for example ${fallback}.`);
  }
  return value;
}

export function readChoice<const Values extends readonly string[]>(
  name: MediaSettingName,
  values: Values,
  fallback: Values[number],
  read: Read,
): Values[number] {
  const text = read(name) ?? fallback;
  const found = values.find((value): value is Values[number] => value === text);
  return (
    found ?? refuse(name, `${text} is not one of ${values.join(', ')}`, `Write for example ${fallback}.`)
  );
}

export function readList(name: MediaSettingName, read: Read): readonly string[] {
  const parts = (read(name) ?? '').split(',').map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}

export function readAddresses(name: MediaSettingName, read: Read): readonly string[] {
  const addresses = readList(name, read);
  for (const address of addresses) {
    if (isIP(address) === 0)
      refuse(name, `${address} is not an IP address`, 'Write for example 203.0.113.7.');
  }
  return addresses;
}

export function readRanges(name: MediaSettingName, read: Read): readonly string[] {
  const ranges = readList(name, read);
  for (const range of ranges) {
    const [address = '', bits, ...more] = range.split('/');
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    const fits = bits === undefined ? longest > 0 : /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
    if (!fits || more.length > 0) {
      refuse(name, `${range} is not an address or range`, 'Write for example 10.0.0.5, 10.0.0.0/24.');
    }
  }
  return ranges;
}

/** STUN and TURN addresses (RFC 7064, RFC 7065): scheme:host[:port][?transport=…]. */
export function readIceUrls(
  name: MediaSettingName,
  schemes: readonly string[],
  read: Read,
): readonly string[] {
  const urls = readList(name, read);
  for (const url of urls) {
    const [scheme = ''] = url.split(':');
    const fits = /^[a-z]+:(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?$/i.test(url);
    if (!fits || !schemes.includes(scheme)) {
      refuse(
        name,
        `${url} is not an address of that kind`,
        `Write for example ${schemes[0]}:relay.example.org:3478.`,
      );
    }
  }
  return urls;
}

/** The events are signed, not encrypted, so they leave the machine by https only. The value is never shown. */
export function readWebhookUrls(name: MediaSettingName, read: Read): readonly string[] {
  const urls = readList(name, read);
  for (const text of urls) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !['https:', 'http:'].includes(url.protocol)) {
      refuse(name, 'one is not a usable address', 'Write addresses that begin with https://.');
    }
    if (url.username !== '' || url.password !== '') {
      refuse(name, 'one holds a user name', 'Remove it; the events are signed with NAER_MEDIA_SECRET.');
    }
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
      refuse(name, 'one is not https', 'Write addresses that begin with https://.');
    }
  }
  return urls;
}

export function readPortRange(
  name: MediaSettingName,
  read: Read,
): { readonly first: number; readonly last: number } | null {
  const text = read(name);
  if (text === null) return null;
  const [, from = '', to = ''] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from === '' || first < 1024 || last > 65_535 || last <= first) {
    refuse(name, `${text} is not a range of ports from 1024 to 65535`, 'Write for example 50000-50999.');
  }
  return { first, last };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
