import { DataPacket, DataPacket_Kind, UserPacket } from '@livekit/protocol';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import { encodeDataPacket, readDataPacket, stampDataPacket } from '../protocol/data-packet.ts';
import type { Participant } from './participant.ts';
import type { Rooms } from './rooms.ts';

export type ServerData = Parameters<Rooms['sendData']>[1];

/** Repeated requests of an administrator are told apart by their nonce, the last so many of them, as LiveKit. */
const keptNonces = 100;

interface Allowance {
  bytes: number;
  filledAtMs: number;
}

/** Brings data of one participant, or of an administrator, to the others in a room. */
export class DataRelay {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #allowances = new Map<string, Allowance>();
  readonly #nonces = new Set<string>();

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Drops what the sender may not send, what cannot be read, and what is over its rate; never throws for those. */
  fromParticipant(
    participants: readonly Participant[],
    sender: Participant,
    kind: 'reliable' | 'lossy',
    bytes: Buffer,
  ): void {
    if (!sender.grants.canPublishData || !this.#isAllowed(sender, bytes.length)) return;
    const packet = this.#read(bytes);
    if (packet === null) return;
    if (kind === 'reliable' && packet.sequence > 0) {
      // After a resume a client repeats what it does not know to have arrived.
      if (packet.sequence <= sender.lastReliableSequence) return;
      sender.lastReliableSequence = packet.sequence;
    }
    const { sid, identity, grants, access } = sender;
    const route = stampDataPacket(packet, kind, {
      sid,
      identity,
      hidden: grants.hidden,
      agent: grants.agent || access.participantKind === 'agent',
    });
    if (route.to === 'nobody') return;
    const encoded = encodeDataPacket(packet);
    for (const other of participants) {
      if (route.to === 'metrics' ? !other.grants.canSubscribeMetrics : other === sender) continue;
      if (isDestination(other, route)) other.guard(() => other.outbox.send(kind, encoded));
    }
  }

  fromServer(participants: readonly Participant[], message: ServerData): void {
    if (this.#isRepeated(message.nonce)) return;
    const user = new UserPacket({
      payload: new Uint8Array(message.payload),
      destinationSids: [...message.destinationSids],
      destinationIdentities: [...message.destinationIdentities],
      nonce: new Uint8Array(message.nonce),
    });
    if (message.topic !== null) user.topic = message.topic;
    const encoded = encodeDataPacket(
      new DataPacket({
        kind: message.kind === 'reliable' ? DataPacket_Kind.RELIABLE : DataPacket_Kind.LOSSY,
        destinationIdentities: [...message.destinationIdentities],
        value: { case: 'user', value: user },
      }),
    );
    for (const participant of participants) {
      if (!isDestination(participant, message)) continue;
      participant.guard(() => participant.outbox.send(message.kind, encoded));
    }
  }

  forget(participant: Participant): void {
    this.#allowances.delete(participant.sid);
  }

  #read(bytes: Buffer): DataPacket | null {
    try {
      return readDataPacket(bytes, this.#limits);
    } catch (error) {
      if (error instanceof MediaError) return null;
      throw error;
    }
  }

  /** A steady rate with a burst of one second; what was not spent is not saved up further. */
  #isAllowed(sender: Participant, bytes: number): boolean {
    const perSecond = this.#limits.dataBytesPerSecond;
    const nowMs = this.#clock.mediaMs();
    const allowance = this.#allowances.get(sender.sid) ?? { bytes: perSecond, filledAtMs: nowMs };
    this.#allowances.set(sender.sid, allowance);
    const refilled = allowance.bytes + ((nowMs - allowance.filledAtMs) / 1000) * perSecond;
    allowance.bytes = Math.min(perSecond, refilled);
    allowance.filledAtMs = nowMs;
    if (allowance.bytes < bytes) return false;
    allowance.bytes -= bytes;
    return true;
  }

  #isRepeated(nonce: Uint8Array): boolean {
    if (nonce.length === 0) return false;
    const key = Buffer.from(nonce).toString('hex');
    if (this.#nonces.has(key)) return true;
    this.#nonces.add(key);
    const [oldest] = this.#nonces;
    if (this.#nonces.size > keptNonces && oldest !== undefined) this.#nonces.delete(oldest);
    return false;
  }
}

function isDestination(
  participant: Participant,
  to: { readonly destinationIdentities: readonly string[]; readonly destinationSids: readonly string[] },
): boolean {
  const { destinationIdentities, destinationSids } = to;
  if (destinationIdentities.length === 0 && destinationSids.length === 0) return true;
  return destinationIdentities.includes(participant.identity) || destinationSids.includes(participant.sid);
}
