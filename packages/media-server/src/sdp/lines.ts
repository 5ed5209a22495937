// Session descriptions as lines (RFC 8866 section 5), bounded, before anything is made of them.
import { MediaError } from '../media-error.ts';

/** An attribute line `a=name:value`; `value` is empty for a flag. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
}

export interface RawSection {
  readonly media: string;
  readonly port: number;
  readonly formats: readonly string[];
  readonly attributes: readonly Attribute[];
}

const maxLineLength = 4096;

/** Every attribute that is used anywhere; others cost nothing but the look at their name. */
const usedAttributes = new Set([
  'bundle-only',
  'candidate',
  'extmap',
  'fingerprint',
  'fmtp',
  'group',
  'ice-pwd',
  'ice-ufrag',
  'inactive',
  'max-message-size',
  'mid',
  'msid',
  'recvonly',
  'rid',
  'rtcp-fb',
  'rtpmap',
  'sendonly',
  'sendrecv',
  'setup',
  'simulcast',
  'ssrc',
  'ssrc-group',
]);

/** A refusal of a description; `what` never quotes the description. */
export function refuse(what: string): never {
  throw new MediaError('invalid_argument', `session description: ${what}`);
}

/** An unsigned decimal number up to `max`, or null. */
export function readNumber(text: string, max: number): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const value = Number(text);
  return value <= max ? value : null;
}

export function firstOf(attributes: readonly Attribute[], name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value;
}

export function allOf(attributes: readonly Attribute[], name: string): string[] {
  return attributes.filter((attribute) => attribute.name === name).map((attribute) => attribute.value);
}

/** The lines of the session and of each media section. Each line is looked at once. */
export function readLines(
  sdp: string,
  maxMediaSections: number,
): { session: Attribute[]; media: RawSection[] } {
  if (!sdp.startsWith('v=0')) refuse('no version');
  const session: Attribute[] = [];
  const media: RawSection[] = [];
  let attributes = session;
  for (let start = 0, next = 0; start < sdp.length; start = next) {
    const newline = sdp.indexOf('\n', start);
    next = newline === -1 ? sdp.length : newline + 1;
    const end = newline === -1 ? sdp.length : sdp[newline - 1] === '\r' ? newline - 1 : newline;
    if (end - start > maxLineLength) refuse('a line is too long');
    const type = sdp.slice(start, start + 2);
    if (type === 'm=') {
      if (media.length >= maxMediaSections) refuse('too many media sections');
      attributes = [];
      media.push(readMediaLine(sdp.slice(start + 2, end), attributes));
    } else if (type === 'a=') {
      // Only the line itself is searched: a search through the rest would make many lines without colon quadratic.
      const line = sdp.slice(start + 2, end);
      const colon = line.indexOf(':');
      const name = colon === -1 ? line : line.slice(0, colon);
      if (!usedAttributes.has(name)) continue;
      const value = colon === -1 ? '' : line.slice(colon + 1);
      // A lone carriage return is a line end to some readers of what we write with it (parameters of codecs).
      if (/\p{Cc}/u.test(value)) refuse('a control character');
      attributes.push({ name, value });
    }
  }
  return { session, media };
}

function readMediaLine(line: string, attributes: Attribute[]): RawSection {
  const [media = '', port = '', _protocol, ...formats] = line.split(' ');
  const number = readNumber(port.split('/')[0] ?? '', 65_535);
  if (number === null) refuse('a media line without a port');
  return { media, port: number, formats, attributes };
}
