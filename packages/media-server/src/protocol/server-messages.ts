import { SignalResponse } from '@livekit/protocol';

/** What the server says: the wire's own oneof, a union told apart by `case`. */
export type ServerMessage = Exclude<SignalResponse['message'], { case: undefined }>;

export function encodeServerMessage(message: ServerMessage): Uint8Array {
  return new SignalResponse({ message }).toBinary();
}
