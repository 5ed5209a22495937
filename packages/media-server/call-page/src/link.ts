import { toBase64Url } from './keys/bytes.ts';

/** The link's token from the address: the fragment, which browsers send to nobody. Null where there is none. */
export function linkOf(location: Pick<Location, 'hash'>): string | null {
  const token = location.hash.slice(1);
  return /^[A-Za-z0-9_-]{20,120}$/.test(token) ? token : null;
}

const place = 'naer-device';

/**
 * The secret by which the service knows this browser again: the first browser to open a link keeps it. Where nothing may
 * be stored, it lasts as long as the page.
 */
export function deviceOf(
  storages: readonly (() => Storage)[],
  random: Pick<Crypto, 'getRandomValues'>,
): string {
  const fresh = toBase64Url(random.getRandomValues(new Uint8Array(16)));
  for (const storageOf of storages) {
    try {
      const storage = storageOf();
      const kept = storage.getItem(place);
      if (kept !== null && /^[A-Za-z0-9_-]{22,43}$/.test(kept)) return kept;
      storage.setItem(place, fresh);
      return fresh;
    } catch {
      // Blocked by a setting, or full: the next one may do.
    }
  }
  return fresh;
}
