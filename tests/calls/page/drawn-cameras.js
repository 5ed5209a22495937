// Runs in the page before its own program: its cameras are drawn, each of a colour of its own on the left and white on the
// right, so that a test sees which one arrives and which way round. Where `naerCameras.look` is set, they know where they look,
// as a telephone's do: the second to the back, the others to the front. What was asked of cameras and microphones is kept.
(() => {
  const { mediaDevices } = navigator;
  if (mediaDevices === undefined) return;
  const told = { asked: [], look: false };
  globalThis.naerCameras = told;
  const colours = ['#d02020', '#20a020', '#2020d0'];
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  const exactly = (wish) => (typeof wish === 'object' ? (wish?.exact ?? wish?.ideal) : wish);

  function draw(nth) {
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 180;
    const paper = canvas.getContext('2d');
    let frame = 0;
    const paint = () => {
      frame += 1;
      paper.fillStyle = '#ffffff';
      paper.fillRect(0, 0, 320, 180);
      paper.fillStyle = colours[nth];
      paper.fillRect(0, 0, 160, 180);
      // Something that moves: encoders say little of a picture that stands.
      paper.fillStyle = '#101010';
      paper.fillRect((frame * 16) % 320, 150, 16, 16);
    };
    paint();
    const [track] = canvas.captureStream(5).getVideoTracks();
    const timer = setInterval(() => {
      paint();
      if (track.readyState === 'ended') clearInterval(timer);
    }, 200);
    return track;
  }

  mediaDevices.getUserMedia = async (wish) => {
    told.asked.push(JSON.parse(JSON.stringify(wish ?? {})));
    if (!wish?.video) return ask(wish);
    const cameras = (await mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
    const { deviceId, facingMode } = typeof wish.video === 'object' ? wish.video : {};
    const named = cameras.findIndex((camera) => camera.deviceId === exactly(deviceId));
    const nth = named >= 0 ? named : told.look && exactly(facingMode) === 'environment' ? 1 : 0;
    const track = draw(nth);
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({
      ...settings(),
      deviceId: cameras[nth]?.deviceId,
      ...(told.look ? { facingMode: nth === 1 ? 'environment' : 'user' } : {}),
    });
    const sound = wish.audio ? (await ask({ audio: wish.audio })).getAudioTracks() : [];
    return new MediaStream([track, ...sound]);
  };
})();
