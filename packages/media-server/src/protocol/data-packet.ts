// What goes through the data channels: one DataPacket a message. Parsed to know that it is one, who shall have it and
// to put the sender's name on it; its contents are nobody's business here.
import { DataPacket, DataPacket_Kind } from '@livekit/protocol';
import type { Limits } from '../limits.ts';
import { boundedList, boundedText, decode, maxListLength, refuse } from './bounds.ts';
import { scanMessage } from './wire-scan.ts';

type DataLimits = Pick<Limits, 'maxDataBytes' | 'maxNameLength'>;

/** Whom the packet is from, as the server knows it. */
export interface DataSender {
  readonly sid: string;
  readonly identity: string;
  /** Hidden participants send without a name. */
  readonly hidden: boolean;
  /** Agents may transcribe and speak in chat for another participant. */
  readonly agent: boolean;
}

/** Where a stamped packet goes. */
export interface DataRoute {
  /** `metrics` only to those who may subscribe to metrics, the sender too; `nobody`: the sender may not send such. */
  readonly to: 'participants' | 'metrics' | 'nobody';
  /** Both empty: everybody else in the room. Otherwise whoever is in either. */
  readonly destinationIdentities: readonly string[];
  readonly destinationSids: readonly string[];
}

/** Throws MediaError `invalid_argument` for whatever is no DataPacket, too large, or of a kind that has no sender. */
export function readDataPacket(bytes: Uint8Array, limits: DataLimits): DataPacket {
  if (bytes.byteLength > limits.maxDataBytes) refuse(`data is larger than ${limits.maxDataBytes} bytes`);
  scanMessage(bytes, DataPacket);
  // Unknown fields are kept: what newer clients say to each other passes through.
  const packet = decode('data packet', () => DataPacket.fromBinary(bytes));
  // The name of a kind that we do not know could not be stamped, so whoever sent it could speak for another.
  if (packet.value.case === undefined) refuse('data packet of an unknown kind');
  checkDestinations(packet.destinationIdentities, limits);
  if (packet.value.case === 'user') {
    checkDestinations(packet.value.value.destinationIdentities, limits);
    checkDestinations(packet.value.value.destinationSids, limits);
  }
  return packet;
}

function checkDestinations(destinations: readonly string[], limits: DataLimits): void {
  boundedList(destinations, maxListLength, 'destinations');
  for (const destination of destinations) boundedText(destination, limits.maxNameLength, 'destination');
}

/**
 * Writes sender, channel and destinations into `packet`, over whatever the client had put there, and says where it
 * goes. `kind` is the channel's that it came through.
 */
export function stampDataPacket(
  packet: DataPacket,
  kind: 'reliable' | 'lossy',
  sender: DataSender,
): DataRoute {
  const claimedIdentity = packet.participantIdentity;
  const identity = sender.hidden ? '' : sender.identity;
  packet.kind = kind === 'reliable' ? DataPacket_Kind.RELIABLE : DataPacket_Kind.LOSSY;
  packet.participantSid = sender.sid;
  packet.participantIdentity = identity;
  const speaksForAnother = sender.agent && claimedIdentity !== '' && claimedIdentity !== sender.identity;
  let destinationSids: readonly string[] = [];
  let to: DataRoute['to'] = 'participants';

  const { value } = packet;
  switch (value.case) {
    case 'user': {
      // Older clients read the fields inside of the user packet, newer ones those around it: both say the same.
      const user = value.value;
      user.participantSid = sender.hidden ? '' : sender.sid;
      user.participantIdentity = identity;
      if (packet.destinationIdentities.length === 0)
        packet.destinationIdentities = user.destinationIdentities;
      else user.destinationIdentities = packet.destinationIdentities;
      destinationSids = user.destinationSids;
      break;
    }
    case 'chatMessage':
      if (speaksForAnother) {
        value.value.generated = true;
        packet.participantIdentity = claimedIdentity;
      }
      break;
    case 'streamHeader':
      if (speaksForAnother && value.value.contentHeader.case === 'textHeader') {
        value.value.contentHeader.value.generated = true;
        packet.participantIdentity = claimedIdentity;
      }
      break;
    case 'transcription':
      if (!sender.agent) to = 'nobody';
      break;
    case 'metrics':
      to = 'metrics';
      break;
    case 'speaker':
      // Only the server knows who speaks.
      to = 'nobody';
      break;
    case 'sipDtmf':
    case 'rpcRequest':
    case 'rpcAck':
    case 'rpcResponse':
    case 'streamChunk':
    case 'streamTrailer':
    case 'encryptedPacket':
      break;
    case undefined:
      to = 'nobody';
      break;
    default:
      value satisfies never;
  }
  return { to, destinationIdentities: packet.destinationIdentities, destinationSids };
}

export function encodeDataPacket(packet: DataPacket): Uint8Array {
  return packet.toBinary();
}
