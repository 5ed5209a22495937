import { crc32, deflateSync } from 'node:zlib';

const header = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';

/** A whole PDF whose pages say what they are; with an object stream, as word processors write it, where `packed`. */
export function makePdf(texts: readonly string[], { packed = false, encrypted = false } = {}): Buffer {
  const kids = texts.map((_, n) => `${4 + 2 * n} 0 R`).join(' ');
  const dictionaries: [number, string][] = [
    [1, '<< /Type /Catalog /Pages 2 0 R >>'],
    [2, `<< /Type /Pages /Count ${texts.length} /Kids [${kids}] >>`],
    [3, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'],
    ...texts.map((_, n): [number, string] => [
      4 + 2 * n,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * n} 0 R >>`,
    ]),
  ];
  const streams = texts.map((text, n): [number, string] => {
    const drawn = `BT /F1 36 Tf 60 740 Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
    return [5 + 2 * n, `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`];
  });
  const next = 4 + 2 * texts.length;
  let body = header;
  const offsets = new Map<number, number>();
  const add = (number: number, value: string) => {
    offsets.set(number, body.length);
    body += `${number} 0 obj\n${value}\nendobj\n`;
  };
  for (const [number, value] of streams) add(number, value);
  const guard = encrypted ? ' /Encrypt 99 0 R' : '';
  if (!packed) {
    for (const [number, value] of dictionaries) add(number, value);
    const at = body.length;
    const lines = Array.from({ length: next }, (_, n) =>
      n === 0 ? '0000000000 65535 f \n' : `${String(offsets.get(n) ?? 0).padStart(10, '0')} 00000 n \n`,
    );
    body += `xref\n0 ${next}\n${lines.join('')}trailer\n<< /Size ${next} /Root 1 0 R${guard} >>\nstartxref\n${at}\n%%EOF\n`;
    return Buffer.from(body, 'latin1');
  }
  let [heads, inside] = ['', ''];
  const places = new Map<number, number>();
  for (const [number, value] of dictionaries) {
    heads += `${number} ${inside.length} `;
    inside += `${value} `;
    places.set(number, places.size);
  }
  const packedObjects = deflateSync(Buffer.from(heads + inside, 'latin1')).toString('latin1');
  const container = next;
  add(
    container,
    `<< /Type /ObjStm /N ${dictionaries.length} /First ${heads.length} /Filter /FlateDecode /Length ${packedObjects.length} >>\nstream\n${packedObjects}\nendstream`,
  );
  const at = body.length;
  const rows = Buffer.alloc((next + 2) * 5);
  for (let n = 0; n < next + 2; n += 1) {
    const place = places.get(n);
    rows[n * 5] = place === undefined ? (n === 0 ? 0 : 1) : 2;
    rows.writeUIntBE(
      place === undefined ? (offsets.get(n) ?? (n === next + 1 ? at : 0)) : container,
      n * 5 + 1,
      3,
    );
    rows[n * 5 + 4] = place ?? 0;
  }
  const table = deflateSync(rows).toString('latin1');
  add(
    next + 1,
    `<< /Type /XRef /Size ${next + 2} /W [1 3 1] /Root 1 0 R${guard} /Filter /FlateDecode /Length ${table.length} >>\nstream\n${table}\nendstream`,
  );
  return Buffer.from(`${body}startxref\n${at}\n%%EOF\n`, 'latin1');
}

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
};

/** A grey PNG that says something besides; of another size than it says, where `says` is given. */
export function makePng({ width = 4, height = 4, note = '' } = {}): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    ...(note === ''
      ? []
      : [chunk('tEXt', Buffer.from(`Comment\0${note}`)), chunk('eXIf', Buffer.from(note))]),
    chunk('IDAT', deflateSync(Buffer.alloc(4 * 5, 128))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** One white pixel, baseline. */
const pixel = Buffer.from(
  '/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==',
  'base64',
);

/** A JPEG as a telephone makes it: EXIF, a comment, and a film behind its end, all of which say `note`. */
export function makeJpeg({ width = 1, height = 1, note = '' } = {}): Buffer {
  const bytes = Buffer.from(pixel);
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  if (note === '') return bytes;
  const segment = (marker: number, text: string): Buffer => {
    const data = Buffer.from(text, 'latin1');
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  return Buffer.concat([
    bytes.subarray(0, 2),
    segment(0xe1, `Exif\0\0${note}`),
    segment(0xfe, note),
    bytes.subarray(2),
    Buffer.from(`MOTION ${note}`),
  ]);
}
