import { DataPacket, DataPacket_Kind } from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import { type DataSender, encodeDataPacket, readDataPacket, stampDataPacket } from './data-packet.ts';

type Wire = NonNullable<ConstructorParameters<typeof DataPacket>[0]>;

const ada: DataSender = { sid: 'PA_ada', identity: 'ada', hidden: false, agent: false };

const read = (bytes: Uint8Array) => readDataPacket(bytes, defaultLimits);

/** As it arrives: through the wire, stamped, and through the wire again. */
function relay(wire: Wire, sender = ada, kind: 'reliable' | 'lossy' = 'reliable') {
  const packet = read(new DataPacket(wire).toBinary());
  const route = stampDataPacket(packet, kind, sender);
  return { route, packet: DataPacket.fromBinary(encodeDataPacket(packet)) };
}

function refusalOf(bytes: Uint8Array): string {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof MediaError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
  return 'taken';
}

const user = (value: object): Wire => ({ value: { case: 'user', value: value as never } });

describe('a data packet', () => {
  it('carries the name of its sender, whatever it claims', () => {
    const { packet, route } = relay(
      {
        participantSid: 'PA_bob',
        participantIdentity: 'bob',
        kind: DataPacket_Kind.RELIABLE,
        ...user({
          participantSid: 'PA_bob',
          participantIdentity: 'bob',
          payload: Uint8Array.of(1, 2),
          topic: 't',
        }),
      },
      ada,
      'lossy',
    );
    expect(packet).toMatchObject({
      participantSid: 'PA_ada',
      participantIdentity: 'ada',
      kind: DataPacket_Kind.LOSSY,
    });
    expect(packet.value.value).toMatchObject({
      participantSid: 'PA_ada',
      participantIdentity: 'ada',
      payload: Uint8Array.of(1, 2),
      topic: 't',
    });
    expect(route).toEqual({ to: 'participants', destinationIdentities: [], destinationSids: [] });
  });

  it('carries no name where the sender is hidden', () => {
    const { packet } = relay(user({ payload: Uint8Array.of(1) }), { ...ada, hidden: true });
    expect(packet.participantIdentity).toBe('');
    expect(packet.value.value).toMatchObject({ participantSid: '', participantIdentity: '' });
  });

  it('goes to those named in the old fields or the new, and says so in both', () => {
    const old = relay(user({ destinationIdentities: ['bob'], destinationSids: ['PA_eve'] }));
    expect(old.route).toEqual({
      to: 'participants',
      destinationIdentities: ['bob'],
      destinationSids: ['PA_eve'],
    });
    expect(old.packet.destinationIdentities).toEqual(['bob']);
    const both = relay({ destinationIdentities: ['eve'], ...user({ destinationIdentities: ['bob'] }) });
    expect(both.route.destinationIdentities).toEqual(['eve']);
    expect(both.packet.value.value).toMatchObject({ destinationIdentities: ['eve'] });
  });

  it.each([
    { case: 'chatMessage', value: { id: '1', message: 'hi' } },
    { case: 'rpcRequest', value: { id: '1', method: 'm', payload: 'p', responseTimeoutMs: 5, version: 1 } },
    { case: 'rpcAck', value: { requestId: '1' } },
    { case: 'rpcResponse', value: { requestId: '1', value: { case: 'payload', value: 'p' } } },
    {
      case: 'streamHeader',
      value: {
        streamId: '1',
        topic: 't',
        attributes: { a: 'b' },
        contentHeader: { case: 'textHeader', value: {} },
      },
    },
    { case: 'streamChunk', value: { streamId: '1', chunkIndex: 2n, content: Uint8Array.of(7) } },
    { case: 'streamTrailer', value: { streamId: '1', reason: 'r' } },
    { case: 'encryptedPacket', value: { iv: Uint8Array.of(1), encryptedValue: Uint8Array.of(2) } },
    { case: 'sipDtmf', value: { code: 1, digit: '1' } },
  ])('of kind $case passes through as it is', (value) => {
    const wire = { destinationIdentities: ['bob'], sequence: 5, value: value as never };
    const { packet, route } = relay(wire);
    expect(packet.toJson()).toEqual(
      new DataPacket({ ...wire, participantSid: 'PA_ada', participantIdentity: 'ada' }).toJson(),
    );
    expect(route).toEqual({ to: 'participants', destinationIdentities: ['bob'], destinationSids: [] });
  });

  it('keeps fields that only newer clients know', () => {
    const unknown = Buffer.of(0xc2, 0x3e, 1, 7);
    const bytes = Buffer.concat([new DataPacket(user({ payload: Uint8Array.of(1) })).toBinary(), unknown]);
    const packet = read(bytes);
    stampDataPacket(packet, 'reliable', ada);
    expect(Buffer.from(encodeDataPacket(packet)).includes(unknown)).toBe(true);
  });

  it('transcribes only from an agent, measures only for those who may see it, and never says who speaks', () => {
    const agent = { ...ada, agent: true };
    const transcription: Wire = { value: { case: 'transcription', value: { trackId: 'TR_a' } as never } };
    expect(relay(transcription).route.to).toBe('nobody');
    expect(relay(transcription, agent).route.to).toBe('participants');
    expect(relay({ value: { case: 'metrics', value: {} as never } }).route.to).toBe('metrics');
    expect(relay({ value: { case: 'speaker', value: {} as never } }, agent).route.to).toBe('nobody');
  });

  it('speaks for another only from an agent, marked as generated', () => {
    const agent = { ...ada, agent: true };
    const chat: Wire = {
      participantIdentity: 'bob',
      value: { case: 'chatMessage', value: { message: 'hi' } as never },
    };
    expect(relay(chat).packet.participantIdentity).toBe('ada');
    const spoken = relay(chat, agent).packet;
    expect(spoken.participantIdentity).toBe('bob');
    expect(spoken.value.value).toMatchObject({ generated: true });
    const header = (contentHeader: object): Wire => ({
      participantIdentity: 'bob',
      value: { case: 'streamHeader', value: { contentHeader } as never },
    });
    const text = relay(header({ case: 'textHeader', value: {} }), agent).packet;
    expect(text.participantIdentity).toBe('bob');
    expect(text.value.value).toMatchObject({ contentHeader: { value: { generated: true } } });
    expect(relay(header({ case: 'byteHeader', value: {} }), agent).packet.participantIdentity).toBe('ada');
    expect(relay({ participantIdentity: 'bob', ...user({}) }, agent).packet.participantIdentity).toBe('ada');
  });
});

describe('a data packet is refused', () => {
  // `a3 06` opens a group of field 100, which nobody knows, inside of the last one.
  it('when it is too large, no packet, nested without end, or of a kind that nobody could be named for', () => {
    expect(refusalOf(new Uint8Array(defaultLimits.maxDataBytes + 1))).toMatch(/larger than/);
    expect(refusalOf(Uint8Array.of(0x12, 0xff))).toBe('message cannot be read');
    expect(refusalOf(Buffer.alloc(60_000, 'a306', 'hex'))).toBe('message cannot be read');
    expect(refusalOf(new Uint8Array())).toMatch(/unknown kind/);
    expect(refusalOf(Uint8Array.of(0xc2, 0x3e, 1, 7))).toMatch(/unknown kind/);
  });

  it('when it goes to more than a room can hold, or to names longer than any', () => {
    const many = Array.from({ length: 1025 }, () => 'a');
    const long = ['x'.repeat(257)];
    for (const destinationIdentities of [many, long]) {
      expect(refusalOf(new DataPacket({ destinationIdentities, ...user({}) }).toBinary())).toMatch(
        /destination/,
      );
      expect(refusalOf(new DataPacket(user({ destinationIdentities })).toBinary())).toMatch(/destination/);
      expect(refusalOf(new DataPacket(user({ destinationSids: destinationIdentities })).toBinary())).toMatch(
        /destination/,
      );
    }
  });
});

it('arbitrary bytes are a packet that can be stamped and sent on, or refused, and nothing else', () => {
  const tagged = fc
    .tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 1, 2, 3, 5), fc.uint8Array({ maxLength: 60 }))
    .map(([field, type, rest]) =>
      Buffer.concat([Buffer.of(((field << 3) | type) & 0x7f, rest.length), rest]),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), tagged), (bytes) => {
      if (refusalOf(bytes) !== 'taken') return;
      const packet = read(bytes);
      stampDataPacket(packet, 'reliable', ada);
      const again = read(encodeDataPacket(packet));
      expect(again.participantIdentity).toBe('ada');
      expect(again.participantSid).toBe('PA_ada');
    }),
    { numRuns: 2000 },
  );
});
