/** As Safari on iPad had it before the standard's. */
interface PresentedElement extends HTMLVideoElement {
  webkitSupportsPresentationMode?: (mode: string) => boolean;
  webkitSetPresentationMode?: (mode: string) => void;
  webkitPresentationMode?: string;
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

/** Tells when the picture floats and when it no longer does, also when the person closed it; gives back what ends that. */
export function watchFloating(element: PresentedElement, changed: (floating: boolean) => void): () => void {
  const tell = () =>
    changed(
      document.pictureInPictureElement === element || element.webkitPresentationMode === 'picture-in-picture',
    );
  const events = ['enterpictureinpicture', 'leavepictureinpicture', 'webkitpresentationmodechanged'];
  for (const event of events) element.addEventListener(event, tell);
  return () => {
    for (const event of events) element.removeEventListener(event, tell);
  };
}
