// Runs in the page before its own program. Presses what `naerPresses` names as soon as it can be pressed, and tells at how
// many milliseconds after the address was opened the first picture of somebody else was shown.
(() => {
  const pressed = new WeakSet();
  const watched = new WeakSet();
  globalThis.naerFirstPicture = new Promise((resolve) => {
    const look = () => {
      for (const button of document.querySelectorAll('button')) {
        const wanted = (globalThis.naerPresses ?? []).some((text) => button.textContent.startsWith(text));
        if (!wanted || button.disabled || pressed.has(button)) continue;
        pressed.add(button);
        button.click();
      }
      for (const video of document.querySelectorAll('video:not(.self)')) {
        if (watched.has(video)) continue;
        watched.add(video);
        video.requestVideoFrameCallback((now) => resolve(now));
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
})();
