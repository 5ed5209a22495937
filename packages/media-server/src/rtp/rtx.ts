// Retransmission payloads (RFC 4588 section 4): the original sequence number, then the original payload.
import type { RtpPacket } from './packet.ts';

const ORIGINAL_NUMBER_BYTES = 2;

/**
 * The packet as it was first sent, header extensions and CSRCs as on the retransmission. Null for packets of padding only,
 * with which browsers probe the line on the retransmission's SSRC.
 */
export function restoreFromRtx(
  packet: RtpPacket,
  original: { readonly ssrc: number; readonly payloadType: number },
): Buffer | null {
  if (packet.payloadLength < ORIGINAL_NUMBER_BYTES) return null;
  const from = packet.payloadOffset;
  const out = Buffer.allocUnsafe(from + packet.payloadLength - ORIGINAL_NUMBER_BYTES);
  packet.buffer.copy(out, 0, 0, from);
  packet.buffer.copy(out, from, from + ORIGINAL_NUMBER_BYTES, from + packet.payloadLength);
  packet.buffer.copy(out, 2, from, from + ORIGINAL_NUMBER_BYTES);
  setHeader(out, packet, original);
  return out;
}

/** A packet already sent, as retransmission on its own SSRC with its own running sequence number (taken modulo 2^16). */
export function wrapAsRtx(
  packet: RtpPacket,
  retransmission: { readonly ssrc: number; readonly payloadType: number; readonly sequenceNumber: number },
): Buffer {
  const from = packet.payloadOffset;
  const out = Buffer.allocUnsafe(from + ORIGINAL_NUMBER_BYTES + packet.payloadLength);
  packet.buffer.copy(out, 0, 0, from);
  out.writeUInt16BE(packet.sequenceNumber, from);
  packet.buffer.copy(out, from + ORIGINAL_NUMBER_BYTES, from, from + packet.payloadLength);
  out.writeUInt16BE(retransmission.sequenceNumber & 0xffff, 2);
  setHeader(out, packet, retransmission);
  return out;
}

function setHeader(
  out: Buffer,
  packet: RtpPacket,
  as: { readonly ssrc: number; readonly payloadType: number },
): void {
  // Padding is left out, so its bit goes.
  out[0] = packet.buffer.readUInt8(0) & 0xdf;
  out[1] = (packet.marker ? 0x80 : 0) | as.payloadType;
  out.writeUInt32BE(as.ssrc >>> 0, 8);
}
