// Checks that every parser of client messages uses. A refusal names the field and the limit, never the value.
import { MediaError } from '../media-error.ts';

/** The most items of any list in a message that has no limit of its own. */
export const maxListLength = 1024;

export function refuse(what: string): never {
  throw new MediaError('invalid_argument', what);
}

/** `value` unless it has more than `max` UTF-16 units. */
export function boundedText(value: string, max: number, field: string): string {
  return value.length <= max ? value : refuse(`${field} is longer than ${max} characters`);
}

export function boundedList<Item>(list: readonly Item[], max: number, field: string): readonly Item[] {
  return list.length <= max ? list : refuse(`${field} has more than ${max} items`);
}

/** `value` unless it is over `max`; the wire's uint32 cannot be negative, int32 can. */
export function boundedNumber(value: number, max: number, field: string): number {
  return Number.isFinite(value) && value >= 0 && value <= max ? value : refuse(`${field} is out of range`);
}

/** Attributes or similar as a record of its own; `maxBytes` counts keys and values in UTF-8. */
export function boundedRecord(
  record: Readonly<Record<string, string>>,
  maxBytes: number,
  field: string,
): Record<string, string> {
  let bytes = 0;
  const entries = Object.entries(record);
  for (const [key, value] of entries) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    if (bytes > maxBytes) refuse(`${field} are larger than ${maxBytes} bytes`);
  }
  return Object.fromEntries(entries);
}

/**
 * Runs a decoder of the protobuf library on what a client sent. Whatever that throws (truncated, nested without end,
 * not JSON) means one thing to us.
 */
export function decode<Message>(what: string, decoder: () => Message): Message {
  try {
    return decoder();
  } catch {
    return refuse(`${what} cannot be read`);
  }
}
