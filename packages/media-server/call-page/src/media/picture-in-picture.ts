/** As Safari on iPad had it before the standard's. */
interface PresentedElement extends HTMLVideoElement {
  webkitSupportsPresentationMode?: (mode: string) => boolean;
  webkitSetPresentationMode?: (mode: string) => void;
}

/** Whether this picture can float above other programs. */
export function canFloat(element: PresentedElement): boolean {
  if (element.disablePictureInPicture) return false;
  return (
    document.pictureInPictureEnabled === true ||
    element.webkitSupportsPresentationMode?.('picture-in-picture') === true
  );
}

/** Lets the picture float, or takes it back; must be called from a tap. False where the browser would not. */
export async function setFloating(element: PresentedElement, on: boolean): Promise<boolean> {
  try {
    if (document.pictureInPictureEnabled === true) {
      if (on) await element.requestPictureInPicture();
      else if (document.pictureInPictureElement === element) await document.exitPictureInPicture();
    } else element.webkitSetPresentationMode?.(on ? 'picture-in-picture' : 'inline');
    return true;
  } catch {
    return false;
  }
}
