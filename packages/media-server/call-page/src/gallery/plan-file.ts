/** A PDF of two pages as small as one can be; its table of offsets is left to the reader to repair. */
export function planPdf(): Blob {
  const sheets = [
    ['Ugeskema', 'Mandag: vasketoj og indkob', 'Tirsdag: Mette ringer kl. 10', 'Onsdag: svomning med Anders'],
    ['Torsdag: laese post med Mette', 'Fredag: rengoring', 'Weekend: kaffe hos soster'],
  ];
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (da) >>',
    '<< /Type /Pages /Count 2 /Kids [4 0 R 6 0 R] >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...sheets.flatMap((lines, n) => {
      const drawn = lines
        .map((line, at) => `BT /F1 ${at === 0 ? 34 : 24} Tf 60 ${740 - at * 80} Td (${line}) Tj ET`)
        .join('\n');
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * n} 0 R >>`,
        `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
      ];
    }),
  ];
  const body = objects.map((object, n) => `${n + 1} 0 obj\n${object}\nendobj\n`).join('');
  return new Blob([`%PDF-1.7\n${body}trailer\n<< /Size 8 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n`]);
}

/** A drawn week as somebody photographed it. */
export function planPicture(): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [900, 1200];
  const pen = canvas.getContext('2d');
  if (pen !== null) {
    pen.fillStyle = '#fbf7ee';
    pen.fillRect(0, 0, 900, 1200);
    pen.fillStyle = '#1b2a2b';
    pen.font = '48px sans-serif';
    ['Mandag', 'Tirsdag', 'Onsdag', 'Torsdag', 'Fredag'].forEach((day, n) => {
      pen.fillText(day, 60, 140 + n * 200);
      pen.strokeRect(300, 80 + n * 200, 540, 160);
    });
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
}
