export interface NewPageDeps {
  readonly storageOf: () => Storage;
  /** Whether the page could be had now; a reload without a network shows what the browser says of that. */
  readonly isThere: () => Promise<boolean>;
  readonly reload: () => void;
  readonly now: () => number;
}

const place = 'naer-page-anew';
/** Where a new page does not help either, it is not made again and again. */
const onceInMs = 60_000;

/**
 * Takes the page anew, because a part of its program could not be loaded: browsers keep that for the life of a page, however
 * often it is asked for (whatwg/html issue 6768). What one was in with is kept, so one comes in again by oneself.
 */
export async function takeNewPage({ storageOf, isThere, reload, now }: NewPageDeps): Promise<void> {
  try {
    const storage = storageOf();
    const since = now() - Number(storage.getItem(place) ?? 0);
    if (since < onceInMs || !(await isThere())) return;
    storage.setItem(place, String(now()));
    reload();
  } catch {
    // Without a memory nobody knows how often: then it is left to the person.
  }
}
