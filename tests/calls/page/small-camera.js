// Runs in the page before its own program: gives it a small picture, whatever it asks for. Two people in one browser, encoding
// and decoding without a graphics card, are more than two cores can do at the size that people are given.
(() => {
  const { mediaDevices } = navigator;
  if (mediaDevices === undefined) return;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (wish) => {
    if (typeof wish?.video !== 'object') return ask(wish);
    return ask({ ...wish, video: { ...wish.video, width: 320, height: 180 } });
  };
})();
