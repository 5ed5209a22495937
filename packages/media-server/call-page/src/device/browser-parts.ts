import { browserDevices } from '../media/browser-devices.ts';
import type { TestParts } from './tests.ts';

/** The browser's own parts for the test before a call. `reach` asks the service for something small. */
export function browserParts(reach: () => Promise<unknown>, tryMedia: TestParts['tryMedia']): TestParts {
  const mediaDevices: MediaDevices | undefined = navigator.mediaDevices;
  return {
    agent: navigator,
    isSecure: window.isSecureContext,
    canCall:
      mediaDevices !== undefined &&
      'getUserMedia' in mediaDevices &&
      'RTCPeerConnection' in window &&
      'addTransceiver' in RTCPeerConnection.prototype &&
      'WebSocket' in window &&
      'AudioContext' in window,
    getUserMedia: async (constraints) => {
      if (mediaDevices === undefined) throw new DOMException('no media devices', 'SecurityError');
      return mediaDevices.getUserMedia(constraints);
    },
    listDevices: () => browserDevices(mediaDevices).list(),
    meter,
    brightness,
    playTone,
    reach,
    tryMedia,
    now: () => performance.now(),
  };
}

/** Loudness as the root of the mean square, spread so that speech fills most of the scale. */
function meter(stream: MediaStream): ReturnType<TestParts['meter']> {
  const context = new AudioContext();
  // Begun by a tap, yet some browsers still want to be asked.
  void context.resume().catch(() => {});
  const analyser = context.createAnalyser();
  // At usual rates nearly all that is between two readings.
  analyser.fftSize = 4096;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read() {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      return Math.min(1, Math.sqrt(power) * 6);
    },
    close() {
      void context.close().catch(() => {});
    },
  };
}

async function brightness(stream: MediaStream): Promise<number | null> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  try {
    await Promise.race([
      video.play(),
      new Promise((_, refuse) => setTimeout(() => refuse(new Error('no picture')), 2_000)),
    ]);
    const canvas = document.createElement('canvas');
    canvas.width = 32;
    canvas.height = 18;
    const drawing = canvas.getContext('2d', { willReadFrequently: true });
    if (drawing === null || video.videoWidth === 0) return null;
    drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    // Rec. 709 weights of red, green and blue.
    for (let at = 0; at < data.length; at += 4)
      sum += 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0);
    return sum / (data.length / 4) / 255;
  } catch {
    return null;
  } finally {
    video.pause();
    video.srcObject = null;
  }
}

/** Three soft notes going up, so that it is plain when it is over. */
async function playTone(): Promise<void> {
  const context = new AudioContext();
  try {
    await context.resume();
    const notes = [523.25, 659.25, 783.99];
    const begin = context.currentTime + 0.05;
    const last = notes.map((frequency, at) => {
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      const start = begin + at * 0.45;
      oscillator.frequency.value = frequency;
      // Swells and fades: a hard edge clicks, and frightens.
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(0.25, start + 0.08);
      gain.gain.linearRampToValueAtTime(0, start + 0.6);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(start);
      oscillator.stop(start + 0.6);
      return new Promise((resolve) => oscillator.addEventListener('ended', resolve));
    });
    await Promise.all(last);
  } finally {
    await context.close();
  }
}
