import { type CallApi, createCallApi } from './api.ts';
import { usableCodecs } from './device/platform.ts';
import { canEncrypt } from './keys/can-encrypt.ts';
import { deviceOf, linkOf } from './link.ts';
import type { NetworkTrial } from './media/network-trial.ts';
import type { MediaWish } from './media/state.ts';
import { takeNewPage } from './new-page.ts';
import { RequestFailure } from './request-failure.ts';
import { Session } from './session.ts';
import type { CallSession } from './session-state.ts';

/** The session of this page: opens the link of its address at once. One for the life of the page. */
export function startSession(language: 'da' | 'en'): CallSession {
  const link = linkOf(window.location);
  const api = createCallApi(
    { fetch: window.fetch.bind(window), isOnline: () => navigator.onLine },
    {
      link,
      language,
      device: deviceOf([() => window.localStorage, () => window.sessionStorage], window.crypto),
    },
  );
  const load = () => import('./media/live.ts');
  const session = new Session({
    api,
    hasLink: link !== null,
    canEncrypt: canEncrypt(),
    crypto: window.crypto,
    agent: navigator,
    codecs: usableCodecs,
    now: Date.now,
    random: Math.random,
    startCall: async (start) => (await load()).startCall(start),
    takeNewPage: () =>
      takeNewPage({
        storageOf: () => window.sessionStorage,
        isThere: () => window.fetch(window.location.pathname, { cache: 'no-store' }).then(({ ok }) => ok),
        reload: () => window.location.reload(),
        now: Date.now,
      }),
    // Where it fails now it is tried again once it is needed. The screen that is due is shown first.
    makeReady: () =>
      afterPaint(
        () =>
          void load().then(
            ({ makeReady }) => makeReady(),
            () => {},
          ),
      ),
    kept: keptIn(() => window.sessionStorage, link),
  });
  window.addEventListener('online', session.poke);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') session.poke();
  });
  window.addEventListener('pagehide', session.leavePage);
  // Brought back from the browser's memory, where connections do not last.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) window.location.reload();
  });
  // Another link in the same tab is another page.
  window.addEventListener('hashchange', () => window.location.reload());
  void session.open();
  return session;
}

/** After the picture that is due next; in a tab that shows none, a moment later. */
const afterPaint = (work: () => void): void => {
  if (document.visibilityState === 'visible') window.requestAnimationFrame(() => setTimeout(work));
  else setTimeout(work);
};

/** Whether sound and picture can pass from here, before anybody is let in. Never throws. */
export const networkTrial = (api: Pick<CallApi, 'tryNetwork'>) => async (): Promise<NetworkTrial> => {
  try {
    // Before the request: what lets one in is good for seconds.
    const { tryMedia } = await import('./media/network-trial.ts');
    return await tryMedia(await api.tryNetwork());
  } catch (error) {
    return error instanceof RequestFailure && error.code === 'media_unavailable' ? 'media-down' : 'unknown';
  }
};

/** With what one was in, by link, for as long as the tab lasts; holds no name and no key. */
function keptIn(storageOf: () => Storage, link: string | null) {
  // The end of a link tells one from another and opens nothing.
  const place = `naer-in-${link?.slice(-8) ?? ''}`;
  return {
    read(): MediaWish | null {
      try {
        const kept: unknown = JSON.parse(storageOf().getItem(place) ?? 'null');
        if (typeof kept !== 'object' || kept === null) return null;
        const is = (name: string) => name in kept && Reflect.get(kept, name) === true;
        const text = (name: string) => {
          const value: unknown = Reflect.get(kept, name);
          return typeof value === 'string' ? value : undefined;
        };
        return {
          camera: is('camera'),
          microphone: is('microphone'),
          cameraId: text('cameraId'),
          microphoneId: text('microphoneId'),
          loudspeakerId: text('loudspeakerId'),
        };
      } catch {
        return null;
      }
    },
    write(wish: MediaWish | null): void {
      try {
        if (wish === null) storageOf().removeItem(place);
        else storageOf().setItem(place, JSON.stringify(wish));
      } catch {
        // Blocked: after a reload one presses the button again.
      }
    },
  };
}
