import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../config/index.ts';
import { startTestApp } from '../../testing/index.ts';
import { makeRoomToken } from './call-enter.ts';
import {
  apiKey,
  apiSecret,
  createPresenceFixture,
  type PresenceFixture,
  signed,
  ten,
  toldEvent,
} from './fixtures/presence.ts';

let fixture: PresenceFixture;
beforeAll(async () => {
  fixture = await createPresenceFixture();
});
afterAll(() => fixture.close());

const minutes = (count: number): number => count * 60_000;

describe('what the media server tells', () => {
  it('is taken with its signature, and shows who is there', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    expect(await fixture.staysNow(call)).toEqual([
      { seatId: call.host, participant: expect.any(String), joinedAt: ten, leftAt: null, gone: null },
    ]);
    const seats = await fixture.seatsNow(call);
    expect(seats.find(({ id }) => id === call.host)?.present).toBe(true);
    expect((await fixture.callNow(call)).version).toBeGreaterThan(call.call.version);
  });

  it('is refused when it is forged, unsigned, signed by another, or not what was signed', async () => {
    const call = await fixture.callAtTen();
    const who = { sid: 'PA_x', identity: call.host, joinedAt: ten };
    const body = JSON.stringify(toldEvent('participant_joined', ten, call.call.roomName, who));
    const other = body.replace('participant_joined', 'participant_left');
    expect(await fixture.post(body, undefined)).toBe(401);
    expect(await fixture.post(body, 'rubbish')).toBe(401);
    expect(await fixture.post(body, await signed(body, apiKey, `${apiSecret}!`))).toBe(401);
    expect(await fixture.post(body, await signed(body, 'another key'))).toBe(401);
    expect(await fixture.post(other, await signed(body))).toBe(401);
    // What a page is given to come into the room is signed with the same key, and signs nothing.
    const access = { apiKey, apiSecret: new Secret(apiSecret) };
    expect(await fixture.post(body, await makeRoomToken(access, call.host, call.call.roomName))).toBe(401);
    expect(await fixture.staysNow(call)).toEqual([]);
    expect(await fixture.post(body, await signed(body))).toBe(200);
  });

  it('sends out again who comes into the room with a token from before they lost their place', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.guest);
    expect(await fixture.ordersOf(call)).toEqual([]);
    await fixture.leave(call);
    const back = await fixture.join(call, call.guest);
    const order = { room: call.call.roomName, seat: call.guest };
    expect(await fixture.ordersOf(call)).toEqual([order]);
    // As often as they try: an order before that was carried out does not stand for the next.
    await fixture.part(call, back, 'PARTICIPANT_REMOVED');
    await fixture.join(call, call.guest);
    expect(await fixture.ordersOf(call)).toEqual([order, order]);
  });

  it('counts once when it is told again, also at the same moment', async () => {
    const call = await fixture.callAtTen();
    const who = { sid: 'PA_y', identity: call.host, joinedAt: ten };
    const event = toldEvent('participant_joined', ten, call.call.roomName, who);
    const told = await Promise.all([fixture.tell(event), fixture.tell(event), fixture.tell(event)]);
    expect(told).toEqual([200, 200, 200]);
    const { version } = await fixture.callNow(call);
    expect(await fixture.tell(event)).toBe(200);
    expect((await fixture.callNow(call)).version).toBe(version);
    expect(await fixture.staysNow(call)).toHaveLength(1);
  });

  it('is taken and dropped where it is about a room or a seat that nobody knows', async () => {
    const call = await fixture.callAtTen();
    const stranger = { sid: 'PA_z', identity: 'nobody', joinedAt: ten };
    expect(await fixture.tell(toldEvent('participant_joined', ten, 'another room', stranger))).toBe(200);
    expect(await fixture.tell(toldEvent('participant_joined', ten, call.call.roomName, stranger))).toBe(200);
    // Who tries the network before the call is in a room of its own, and in no call by that.
    const trying = { ...stranger, identity: call.guest };
    expect(await fixture.tell(toldEvent('participant_joined', ten, 'tAAAAAAAAAAAAAAAAAAAA', trying))).toBe(
      200,
    );
    expect(await fixture.tell(toldEvent('track_published', ten, call.call.roomName))).toBe(200);
    expect(await fixture.staysNow(call)).toEqual([]);
  });

  it('may arrive in the wrong order', async () => {
    const call = await fixture.callAtTen();
    const who = { sid: 'PA_w', identity: call.host, joinedAt: ten };
    fixture.clock.advance(minutes(5));
    const left = { ...who, reason: 'CLIENT_INITIATED' };
    await fixture.tell(toldEvent('participant_left', fixture.clock.now(), call.call.roomName, left));
    await fixture.tell(toldEvent('participant_joined', ten, call.call.roomName, who));
    expect(await fixture.staysNow(call)).toEqual([
      {
        seatId: call.host,
        participant: 'PA_w',
        joinedAt: ten,
        leftAt: new Date(ten.getTime() + minutes(5)),
        gone: 'hung-up',
      },
    ]);
  });

  it('tells who hung up from who vanished', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    const host = await fixture.join(call, call.host);
    const citizen = await fixture.join(call, call.guest);
    fixture.clock.advance(minutes(1));
    await fixture.part(call, citizen, 'CONNECTION_TIMEOUT');
    await fixture.part(call, host, 'CLIENT_INITIATED');
    const seats = await fixture.seatsNow(call);
    expect(seats.find(({ id }) => id === call.guest)?.gone).toBe('vanished');
    expect(seats.find(({ id }) => id === call.host)?.gone).toBe('hung-up');
  });

  it('never claims what lies ahead of our clock', async () => {
    const call = await fixture.callAtTen();
    const who = { sid: 'PA_v', identity: call.host, joinedAt: new Date(ten.getTime() + minutes(60)) };
    await fixture.tell(toldEvent('participant_joined', who.joinedAt, call.call.roomName, who));
    expect((await fixture.staysNow(call))[0]?.joinedAt).toEqual(ten);
  });

  it('counts nobody as there whose sound and picture never came through', async () => {
    const call = await fixture.callAtTen();
    await fixture.join(call, call.host);
    const who = { sid: 'PA_aborted', identity: call.guest, joinedAt: ten, reason: 'CONNECTION_TIMEOUT' };
    fixture.clock.set(new Date(ten.getTime() + 15_000));
    const told = toldEvent('participant_connection_aborted', fixture.clock.now(), call.call.roomName, who);
    expect(await fixture.tell(told)).toBe(200);
    expect(await fixture.staysNow(call)).toMatchObject([{ seatId: call.host }]);
    expect((await fixture.visitNow(call)).state).toBe('planned');
  });

  it('ends a room once more that somebody came back to after the call', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    await fixture.join(call, call.guest);
    fixture.clock.advance(minutes(10));
    await fixture.write((tx) => fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: [] }));
    expect(await fixture.ordersOf(call)).toHaveLength(1);
    await fixture.join(call, call.guest);
    expect(await fixture.ordersOf(call)).toHaveLength(2);
    expect((await fixture.staysNow(call)).every(({ leftAt }) => leftAt !== null)).toBe(true);
  });
});

describe('the address for webhooks', () => {
  it('is there in the whole service without a token, answers in its words, and counts nobody as impatient', async () => {
    const door = {
      apiKey,
      apiSecret: new Secret(apiSecret),
      url: () => null,
      signallingUrl: null,
    };
    const app = await startTestApp({
      media: { signalling: null, isUp: () => true, door },
      http: { requestsPerMinute: 3 },
    });
    try {
      const body = JSON.stringify(toldEvent('room_started', ten, 'a room of somebody else'));
      const post = async (authorization: string) =>
        fetch(new URL('/media/webhook', app.url), {
          method: 'POST',
          headers: { 'content-type': 'application/webhook+json', authorization },
          body,
        });
      const token = await signed(body);
      for (let time = 0; time < 5; time += 1) expect((await post(token)).status).toBe(200);
      const refused = await post(`${token}x`);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ code: 'not_authenticated' });
    } finally {
      await app.close();
    }
  });
});
