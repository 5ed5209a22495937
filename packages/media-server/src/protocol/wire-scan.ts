// A look over a protobuf message before the library makes objects of it. Two bytes on the wire can ask for an object of
// hundreds: half a megabyte of empty messages keeps the library busy for a second, in which nobody's call goes on.
import type { AnyMessage, Message, MessageType } from '@bufbuild/protobuf';
import { refuse } from './bounds.ts';

/** Fields of one message with all that are nested in it: ten times of what any client has reason to send. */
const maxFields = 10_000;
const maxDepth = 16;

/** What cannot be read further ends the walk. */
const end = -1;

/**
 * Throws MediaError `invalid_argument` where the bytes hold more fields than a client has reason to send, are broken, or
 * hold groups, which proto3 does not have and which nest without end. Costs some nanoseconds a field.
 */
export function scanMessage<Type extends Message<Type> = AnyMessage>(
  bytes: Uint8Array,
  type: MessageType<Type>,
): void {
  const walk = { bytes, position: 0, fields: 0 };
  scan(walk, bytes.length, type as MessageType, 0);
}

interface Walk {
  readonly bytes: Uint8Array;
  position: number;
  fields: number;
}

function scan(walk: Walk, until: number, type: MessageType, depth: number): void {
  if (depth > maxDepth) refuse('message is nested too deeply');
  while (walk.position < until) {
    walk.fields += 1;
    if (walk.fields > maxFields) refuse(`message has more than ${maxFields} fields`);
    const tag = readVarint(walk, until);
    switch (tag === end ? end : tag & 7) {
      case 0:
        if (readVarint(walk, until) === end) refuse('message cannot be read');
        break;
      case 1:
        walk.position += 8;
        break;
      case 2: {
        const length = readVarint(walk, until);
        if (length === end || length > until - walk.position) refuse('message cannot be read');
        const field = type.fields.find(tag >>> 3);
        if (field?.kind === 'message') scan(walk, walk.position + length, field.T, depth + 1);
        else walk.position += length;
        break;
      }
      case 5:
        walk.position += 4;
        break;
      default:
        refuse('message cannot be read');
    }
  }
  if (walk.position !== until) refuse('message cannot be read');
}

/** The low 32 bits of a varint, of which lengths and tags have no more; `end` where it does not stop within `until`. */
function readVarint(walk: Walk, until: number): number {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    if (walk.position >= until) return end;
    const byte = walk.bytes[walk.position] ?? 0;
    walk.position += 1;
    if (index < 5) value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return value >>> 0;
  }
  return end;
}

/** The same for the JSON mapping: what begins an object, a list or a further member, in strings too. */
export function scanJson(json: Uint8Array): void {
  let marks = 0;
  for (const byte of json) {
    // , [ {
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) marks += 1;
  }
  if (marks > maxFields) refuse(`message has more than ${maxFields} fields`);
}
