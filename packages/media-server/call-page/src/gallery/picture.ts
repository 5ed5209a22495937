/** Somebody drawn on a canvas, as a stream that a video can show: no camera is needed to look at a screen. */
export function drawnStream(hue: number, width = 640, height = 480): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (pen === null) return new MediaStream();
  const draw = () => {
    const wall = pen.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, `hsl(${hue} 25% 72%)`);
    wall.addColorStop(1, `hsl(${hue} 22% 48%)`);
    pen.fillStyle = wall;
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = `hsl(${hue} 30% 30%)`;
    pen.beginPath();
    pen.ellipse(width / 2, height * 1.05, width * 0.3, height * 0.4, 0, 0, 7);
    pen.fill();
    pen.fillStyle = '#e3b998';
    pen.beginPath();
    pen.ellipse(width / 2, height * 0.42, width * 0.13, height * 0.24, 0, 0, 7);
    pen.fill();
  };
  draw();
  setInterval(draw, 200);
  return canvas.captureStream(10);
}

/** A letter, as somebody would show it. */
export function drawnScreen(): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 1280;
  canvas.height = 800;
  const pen = canvas.getContext('2d');
  if (pen === null) return new MediaStream();
  const draw = () => {
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, 1280, 800);
    pen.fillStyle = '#30404a';
    for (let line = 0; line < 14; line += 1)
      pen.fillRect(120, 110 + line * 42, line % 5 === 4 ? 500 : 1000, line === 0 ? 26 : 12);
  };
  draw();
  setInterval(draw, 200);
  return canvas.captureStream(5);
}
