import { afterEach, describe, expect, it, vi } from 'vitest';
import { canFloat, isFloating, setFloating, watchFloating } from './picture-in-picture.ts';

/** A picture as Safari on iPad had it before the standard's way. */
function olderPicture() {
  let mode = 'inline';
  const listeners = new Map<string, () => void>();
  const element = {
    webkitSupportsPresentationMode: (asked: string) => asked === 'picture-in-picture',
    webkitSetPresentationMode: (asked: string) => {
      mode = asked;
      listeners.get('webkitpresentationmodechanged')?.();
    },
    get webkitPresentationMode() {
      return mode;
    },
    addEventListener: (event: string, listener: () => void) => listeners.set(event, listener),
    removeEventListener: (event: string) => listeners.delete(event),
  } as unknown as HTMLVideoElement;
  return { element, listeners };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a picture in a small window', () => {
  it('opens and closes in Safari before the standard, which knows no element of the document that floats', async () => {
    vi.stubGlobal('document', {});
    const { element, listeners } = olderPicture();
    let told = 0;
    const end = watchFloating(element, () => {
      told += 1;
    });
    expect(canFloat(element)).toBe(true);
    expect(isFloating(element)).toBe(false);
    expect(await setFloating(element, !isFloating(element))).toBe(true);
    expect(isFloating(element)).toBe(true);
    await setFloating(element, !isFloating(element));
    expect(isFloating(element)).toBe(false);
    expect(told).toBe(2);
    end();
    expect(listeners.size).toBe(0);
  });

  it('is not another one that floats, and says where the browser would not', async () => {
    const { element } = olderPicture();
    const exit = vi.fn();
    vi.stubGlobal('document', {
      pictureInPictureEnabled: true,
      pictureInPictureElement: {},
      exitPictureInPicture: exit,
    });
    const refusing = Object.assign(element, {
      requestPictureInPicture: () => Promise.reject(new DOMException('', 'NotAllowedError')),
    });
    expect(isFloating(refusing)).toBe(false);
    expect(await setFloating(refusing, true)).toBe(false);
    await setFloating(refusing, false);
    expect(exit).not.toHaveBeenCalled();
  });
});
