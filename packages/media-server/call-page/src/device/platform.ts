import type { Diagnostics } from '@naer/core/contract/call-page';
import type { Browser, Platform } from './codes.ts';

/** What of `navigator` tells one device from another. */
export interface Agent {
  readonly userAgent: string;
  /** An iPad says it is a Mac, but no Mac has more than one point of touch. */
  readonly maxTouchPoints: number;
}

export interface DeviceDescription {
  readonly device: Platform;
  readonly browser: Browser;
  readonly browserVersion: number | null;
  /** Inside a mail or chat app, whose web view may have no camera. */
  readonly inApp: boolean;
}

/** The browsers, the more particular first: each also calls itself by names of those after it. */
const browsers: readonly (readonly [Browser, RegExp])[] = [
  ['edge', /Edg(?:A|iOS)?\/(\d+)/],
  ['samsung', /SamsungBrowser\/(\d+)/],
  ['firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['other', /(?:OPR|OPiOS|Vivaldi|DuckDuckGo|YaBrowser)\/(\d+)/],
  ['chrome', /(?:Chrome|CriOS)\/(\d+)/],
  ['safari', /Version\/(\d+)\S* (?:Mobile\/\S+ )?Safari\//],
];

/** Which kind of device and browser this is, as coarse as support and advice need it; nothing is kept that tells one person's from another's. */
export function describeDevice({ userAgent, maxTouchPoints }: Agent): DeviceDescription {
  const found = browsers.find(([, pattern]) => pattern.test(userAgent));
  const version = found === undefined ? Number.NaN : Number(found[1].exec(userAgent)?.[1]);
  const device = deviceOf(userAgent, maxTouchPoints);
  return {
    device,
    browser: found?.[0] ?? 'other',
    browserVersion: Number.isInteger(version) && version <= 9999 ? version : null,
    inApp: isInApp(userAgent, device),
  };
}

function deviceOf(userAgent: string, maxTouchPoints: number): Platform {
  if (/iPad/.test(userAgent)) return 'ipad';
  if (/iPhone|iPod/.test(userAgent)) return 'iphone';
  if (/Android/.test(userAgent)) return 'android';
  if (/Macintosh|Mac OS X/.test(userAgent)) return maxTouchPoints > 1 ? 'ipad' : 'mac';
  if (/Windows/.test(userAgent)) return 'windows';
  return /Linux|X11|CrOS/.test(userAgent) ? 'linux' : 'other';
}

function isInApp(userAgent: string, device: Platform): boolean {
  if (/FBAN|FBAV|Instagram|Line\/|MicroMessenger|GSA\//.test(userAgent)) return true;
  // Android's web view says so; that of iOS leaves out the name of the browser.
  if (device === 'android') return /; wv\)/.test(userAgent);
  return (device === 'iphone' || device === 'ipad') && !/Safari\//.test(userAgent);
}

export interface Measured {
  readonly roundTripMs: number | null;
  readonly lossPercent: number | null;
  readonly codecs: Diagnostics['codecs'];
  /** Of an error: its name only, since messages may hold addresses and labels of devices. */
  readonly lastError: string | null;
}

/** What is told when something fails: nothing in it says who. */
export function diagnosticsOf(agent: Agent, measured: Measured): Diagnostics {
  const { device, browser, browserVersion } = describeDevice(agent);
  const { roundTripMs, lossPercent, codecs, lastError } = measured;
  return {
    device,
    browser,
    browserVersion,
    codecs: [...codecs].slice(0, 6),
    roundTripMs,
    lossPercent,
    lastError: lastError !== null && /^[A-Za-z][A-Za-z_]{0,60}$/.test(lastError) ? lastError : null,
  };
}

const known: readonly Diagnostics['codecs'][number][] = ['vp8', 'vp9', 'h264', 'av1', 'opus', 'red'];

/** What this browser could send. */
export function usableCodecs(): Diagnostics['codecs'] {
  if (typeof RTCRtpSender === 'undefined' || !('getCapabilities' in RTCRtpSender)) return [];
  const types = (['video', 'audio'] as const).flatMap((kind) =>
    (RTCRtpSender.getCapabilities(kind)?.codecs ?? []).map(({ mimeType }) => mimeType.toLowerCase()),
  );
  return known.filter((codec) => types.some((type) => type.endsWith(`/${codec}`)));
}
