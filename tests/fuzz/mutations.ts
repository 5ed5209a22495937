// What is done to a valid frame. Bytes are changed blindly; fields are changed knowing how protobuf writes them
// (protobuf.dev/programming-guides/encoding), so that the damage gets past the first look.
import type { Random } from './random.ts';

const oddNumbers = [
  0n,
  1n,
  127n,
  128n,
  255n,
  65_535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const oddTexts = [
  '',
  '\0',
  '__proto__',
  'constructor',
  'toString',
  'PA_',
  'TR_',
  '\u{1f4a3}',
  '../..',
  '%00',
  'null',
  '-1',
];

export function mutateFrame(frame: Buffer, random: Random): Buffer {
  let mutated = frame;
  for (let round = random.below(3); round >= 0; round--) {
    mutated = random.next() < 0.7 ? mutateFields(mutated, random, 0) : mutateBytes(mutated, random);
  }
  return mutated;
}

function mutateBytes(frame: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(frame);
  const at = random.below(bytes.length + 1);
  switch (random.below(6)) {
    case 0:
      if (at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
      return bytes;
    case 1:
      if (at < bytes.length) bytes.writeUInt8(random.below(256), at);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(20)), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(Math.min(bytes.length, at + 1 + random.below(20))),
      ]);
    default:
      return Buffer.concat([bytes, bytes.subarray(at)]);
  }
}

interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Of length-delimited fields the content, of others the bytes as they are. */
  readonly content: Buffer;
}

/** Null for what is no sequence of fields. */
function readFields(bytes: Buffer): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number | null => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined) return null;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null || tag < 8) return null;
    const wireType = tag & 7;
    const start = at;
    let length = 0;
    if (wireType === 0) {
      while ((bytes[at] ?? 0) >= 0x80) at += 1;
      length = at + 1 - start;
      at = start;
    } else if (wireType === 1) length = 8;
    else if (wireType === 5) length = 4;
    else if (wireType === 2) {
      const told = varint();
      if (told === null) return null;
      length = told;
    } else return null;
    if (at + length > bytes.length) return null;
    fields.push({ number: Math.floor(tag / 8), wireType, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

function writeVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

function writeFields(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(({ number, wireType, content }) => {
      const tag = writeVarint(BigInt(number * 8 + wireType));
      return wireType === 2 ? [tag, writeVarint(BigInt(content.length)), content] : [tag, content];
    }),
  );
}

function mutateFields(frame: Buffer, random: Random, depth: number): Buffer {
  const fields = readFields(frame);
  if (fields === null || fields.length === 0) return mutateBytes(frame, random);
  const place = random.below(fields.length);
  const field = fields[place];
  if (field === undefined) return frame;
  const replace = (...by: Field[]): Buffer =>
    writeFields([...fields.slice(0, place), ...by, ...fields.slice(place + 1)]);
  if (field.wireType === 2 && depth < 4 && random.next() < 0.6) {
    return replace({ ...field, content: mutateContent(field.content, random, depth) });
  }
  switch (random.below(7)) {
    case 0:
      return replace();
    case 1:
      return replace(...Array.from({ length: 2 + random.below(30) }, () => field));
    case 2:
      return replace({ ...field, number: 1 + random.below(40) });
    case 3:
      return replace({ number: field.number, wireType: 0, content: writeVarint(random.of(oddNumbers)) });
    case 4:
      return replace({ number: field.number, wireType: 2, content: Buffer.from(random.of(oddTexts)) });
    case 5:
      return replace({
        number: field.number,
        wireType: 2,
        content: Buffer.alloc(random.below(70_000), 0x61),
      });
    default:
      return replace({ number: field.number, wireType: 2, content: frame.subarray(0, 2000) }, field);
  }
}

/** Text with lines is most often a session description: its lines are changed as lines. */
function mutateContent(content: Buffer, random: Random, depth: number): Buffer {
  const text = content.toString('latin1');
  if (!text.startsWith('v=0')) return mutateFields(content, random, depth + 1);
  const lines = text.split('\r\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 1 + random.below(5));
      break;
    case 1:
      lines.splice(at, 0, ...Array.from({ length: 1 + random.below(200) }, () => line));
      break;
    case 2:
      lines.splice(at, 0, random.of(lines));
      break;
    case 3:
      lines[at] = line.replace(/\d+/, () => String(random.of(oddNumbers)));
      break;
    case 4:
      lines[at] = mutateBytes(Buffer.from(line, 'latin1'), random).toString('latin1');
      break;
    default:
      lines[at] = line.slice(0, random.below(line.length + 1)) + random.of(oddTexts);
  }
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
