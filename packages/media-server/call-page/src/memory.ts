import type { Numbers } from './screens/parts.tsx';
import type { Agreed } from './screens/rules.tsx';
import type { Language } from './texts/format.ts';

/** What this browser keeps for when the service cannot be reached: it is then that it is needed. */
export interface Remembered {
  readonly agreed: Agreed;
  readonly numbers: Numbers;
  readonly language: Language;
}

const key = 'naer-agreed';
/** Version, key and number of the link, without the part that makes it hold. */
const shownPart = 28;

/** Kept for this link only, and not beyond its end: who opens another one on this device reads nothing of it. */
export function remember(token: string, what: Remembered, until: string): void {
  try {
    localStorage.setItem(key, JSON.stringify({ link: token.slice(0, shownPart), until, what }));
  } catch {
    // A browser that keeps nothing still shows everything while the service is there.
  }
}

export function recall(token: string, now: number): Remembered | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (!isKept(kept)) return null;
    if (Date.parse(kept.until) > now) return kept.link === token.slice(0, shownPart) ? kept.what : null;
    // Whichever link is opened: a borrowed device is not to keep what another's said.
    forget();
    return null;
  } catch {
    return null;
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept then.
  }
}

/** This page wrote it; only a version of the page before this one could have written something else. */
function isKept(value: unknown): value is { link: string; until: string; what: Remembered } {
  if (typeof value !== 'object' || value === null) return false;
  if (!('link' in value && 'until' in value && 'what' in value)) return false;
  const { what } = value;
  return typeof what === 'object' && what !== null && 'agreed' in what && 'numbers' in what;
}
