/** As Safari on iPad had it before the standard's. */
interface PresentedElement extends HTMLVideoElement {
  webkitSupportsPresentationMode?: (mode: string) => boolean;
  webkitSetPresentationMode?: (mode: string) => void;
  readonly webkitPresentationMode?: string;
}

/** Whether this picture can float above other programs. */
export function canFloat(element: PresentedElement): boolean {
  if (element.disablePictureInPicture) return false;
  return (
    document.pictureInPictureEnabled === true ||
    element.webkitSupportsPresentationMode?.('picture-in-picture') === true
  );
}

export const isFloating = (element: PresentedElement): boolean =>
  document.pictureInPictureEnabled === true
    ? document.pictureInPictureElement === element
    : element.webkitPresentationMode === 'picture-in-picture';

/** Tells when it begins or ends to float, also by its own window's buttons; gives back what ends that. */
export function watchFloating(element: HTMLVideoElement, changed: () => void): () => void {
  const events = ['enterpictureinpicture', 'leavepictureinpicture', 'webkitpresentationmodechanged'];
  for (const event of events) element.addEventListener(event, changed);
  return () => {
    for (const event of events) element.removeEventListener(event, changed);
  };
}

/** Lets the picture float, or takes it back; must be called from a tap. False where the browser would not. */
export async function setFloating(element: PresentedElement, on: boolean): Promise<boolean> {
  try {
    if (document.pictureInPictureEnabled === true) {
      if (on) await element.requestPictureInPicture();
      else if (isFloating(element)) await document.exitPictureInPicture();
    } else element.webkitSetPresentationMode?.(on ? 'picture-in-picture' : 'inline');
    return true;
  } catch {
    return false;
  }
}
