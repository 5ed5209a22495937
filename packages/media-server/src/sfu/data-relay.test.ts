import { DataPacket, DataPacket_Kind, DisconnectReason, RpcRequest, UserPacket } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { accessOf, createWorld, FakeSink, plainWish, type TestClient, type World } from './fixture.ts';

let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  world = createWorld({ limits: { dataBytesPerSecond: 1000, maxDataBytes: 500 } });
});
afterEach(async () => {
  await world.rooms.close(DisconnectReason.SERVER_SHUTDOWN);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const userPacket = (text: string, change: Partial<DataPacket> = {}) =>
  Buffer.from(
    new DataPacket({
      value: { case: 'user', value: new UserPacket({ payload: Buffer.from(text) }) },
      ...change,
    }).toBinary(),
  );
const textOf = (packet: DataPacket | undefined) =>
  packet?.value.case === 'user' ? Buffer.from(packet.value.value.payload).toString() : null;
const got = ({ link }: TestClient) => link.data.map(({ packet }) => textOf(packet));
const fromServer = {
  kind: 'reliable',
  payload: Buffer.from('hello'),
  topic: null,
  destinationIdentities: [],
  destinationSids: [],
  nonce: new Uint8Array(),
} as const;

describe('data of a participant', () => {
  test('reaches all others with the sender’s own name on it, whatever it claimed', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    anna.link.events.onData('lossy', userPacket('hi', { participantIdentity: 'cai', participantSid: 'x' }));
    expect(got(anna)).toEqual([]);
    expect(bo.link.data[0]).toMatchObject({
      kind: 'lossy',
      packet: { kind: DataPacket_Kind.LOSSY, participantIdentity: 'anna', participantSid: anna.sid },
    });
  });

  test('goes only where it is meant to, by identity', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const cai = world.join('cai');
    anna.link.events.onData('reliable', userPacket('hi', { destinationIdentities: ['cai'] }));
    expect(got(bo)).toEqual([]);
    expect(got(cai)).toEqual(['hi']);
  });

  test('without the grant, also one taken away, reaches nobody', () => {
    const anna = world.join('anna', { canPublishData: false });
    const bo = world.join('bo');
    anna.link.events.onData('reliable', userPacket('hi'));
    world.rooms.updateParticipant('room', 'bo', {
      metadata: null,
      name: null,
      attributes: {},
      permission: { canPublishData: false },
    });
    bo.link.events.onData('reliable', userPacket('ho'));
    expect([...got(anna), ...got(bo)]).toEqual([]);
  });

  test('that cannot be read or is too large is dropped, and the sender stays', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    anna.link.events.onData('reliable', Buffer.from([0xff, 0xff, 0xff]));
    anna.link.events.onData('reliable', userPacket('x'.repeat(600)));
    anna.link.events.onData('reliable', userPacket('fine'));
    expect(got(bo)).toEqual(['fine']);
  });

  test('over the rate is dropped until time has passed', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const large = userPacket('x'.repeat(400));
    for (let i = 0; i < 5; i++) anna.link.events.onData('lossy', large);
    expect(got(bo)).toHaveLength(2);
    vi.advanceTimersByTime(500);
    anna.link.events.onData('lossy', large);
    expect(got(bo)).toHaveLength(3);
  });

  test('of hidden participants has no name on it', () => {
    const bo = world.join('bo');
    const hidden = world.join('hidden', { hidden: true });
    hidden.link.events.onData('reliable', userPacket('hi'));
    expect(bo.link.data[0]?.packet.participantIdentity).toBe('');
  });

  test('that is repeated after a resume arrives once, and the resume says how far it came', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    for (const sequence of [1, 2, 2, 1, 3]) {
      anna.link.events.onData('reliable', userPacket(`${sequence}`, { sequence }));
    }
    expect(got(bo)).toEqual(['1', '2', '3']);
    const sink = new FakeSink();
    world.rooms.resume(accessOf('anna'), plainWish, sink);
    expect(sink.last('reconnect').lastMessageSeq).toBe(3);
  });

  test('waits, in order, for one whose channel is not open yet', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    bo.link.isChannelOpen = false;
    for (const text of ['1', '2']) anna.link.events.onData('reliable', userPacket(text));
    anna.link.events.onData('lossy', userPacket('lost'));
    vi.advanceTimersByTime(200);
    bo.link.isChannelOpen = true;
    anna.link.events.onData('reliable', userPacket('3'));
    vi.advanceTimersByTime(200);
    expect(got(bo)).toEqual(['1', '2', '3']);
  });

  test('of other kinds passes as it is: procedure calls, and metrics to those who may have them', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const call = new DataPacket({
      destinationIdentities: ['bo'],
      value: { case: 'rpcRequest', value: new RpcRequest({ id: '1', method: 'm', payload: 'p' }) },
    });
    anna.link.events.onData('reliable', Buffer.from(call.toBinary()));
    expect(bo.link.data[0]?.packet.value).toMatchObject({ case: 'rpcRequest', value: { payload: 'p' } });
    const meter = world.join('meter', { canSubscribeMetrics: true });
    const metrics = new DataPacket({ value: { case: 'metrics', value: { strData: [] } } });
    anna.link.events.onData('reliable', Buffer.from(metrics.toBinary()));
    expect(bo.link.data).toHaveLength(1);
    expect(meter.link.data).toHaveLength(1);
  });
});

describe('data of an administrator', () => {
  test('reaches all, or those who are named by sid or identity, with nobody’s name', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    world.rooms.sendData('room', { ...fromServer, topic: 't' });
    expect(anna.link.data[0]?.packet).toMatchObject({
      participantIdentity: '',
      value: { case: 'user', value: { topic: 't', participantSid: '' } },
    });
    world.rooms.sendData('room', { ...fromServer, destinationSids: [anna.sid] });
    world.rooms.sendData('room', { ...fromServer, destinationIdentities: ['anna'] });
    expect(got(anna)).toHaveLength(3);
    expect(got(bo)).toHaveLength(1);
  });

  test('with the same nonce arrives once; a nonce is sixteen bytes or none', () => {
    const anna = world.join('anna');
    const nonce = Buffer.alloc(16, 7);
    world.rooms.sendData('room', { ...fromServer, nonce });
    world.rooms.sendData('room', { ...fromServer, nonce });
    expect(got(anna)).toHaveLength(1);
    expect(() => world.rooms.sendData('room', { ...fromServer, nonce: Buffer.alloc(3) })).toThrow('16 bytes');
    expect(() => world.rooms.sendData('none', fromServer)).toThrow('no response');
  });
});
