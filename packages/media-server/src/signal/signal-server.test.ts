import { connect as connectTcp } from 'node:net';
import { DisconnectReason, LeaveRequest_Action } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MediaError } from '../media-error.ts';
import { connect, type Edges, joinToken, startEdges, tokenFor } from './fixture.ts';

describe('signalling', () => {
  let edges: Edges;
  beforeEach(async () => {
    edges = await startEdges();
  });
  afterEach(async () => {
    await edges.close();
  });

  const restart = async (options: Parameters<typeof startEdges>[0]): Promise<void> => {
    await edges.close();
    edges = await startEdges(options);
  };
  const rtc = (token: string, more = ''): string => `${edges.url}/rtc?access_token=${token}${more}`;
  const enter = async (identity?: string) => connect(rtc(await joinToken(identity)));

  describe('who comes in', () => {
    it('joins by a token in the query or in the header, and hears what was said before the socket was open', async () => {
      const client = await connect(`${edges.url}/rtc`, { authorization: `Bearer ${await joinToken('bo')}` });
      const other = await enter('anna');
      await expect.poll(() => [client.heard.length, other.heard.length]).toEqual([1, 1]);
      expect(edges.rooms.visits.map(({ access }) => access.identity)).toEqual(['bo', 'anna']);
      expect(edges.rooms.visits[0]?.wish.mode).toBe('v0');
      expect(edges.outcomes).toEqual(['joined', 'joined']);
    });

    it('forgives the second slash of an address that ends in one', async () => {
      await connect(`${edges.url}//rtc?access_token=${await joinToken()}`);
      expect(edges.rooms.visits).toHaveLength(1);
    });

    it('takes up a participant whose socket was lost', async () => {
      edges.rooms.resumable = true;
      await connect(rtc(await joinToken(), '&reconnect=1&sid=PA_1'));
      expect(edges.rooms.visits[0]?.wish.participantSid).toBe('PA_1');
      expect(edges.outcomes).toEqual(['resumed']);
    });

    it('is told to come again from the start where there is nothing to resume', async () => {
      const client = await connect(rtc(await joinToken(), '&reconnect=1&sid=PA_1'));
      await client.closed;
      const [message] = client.heard.map((heard) => heard.message);
      expect(message?.case === 'leave' && [message.value.action, message.value.canReconnect]).toEqual([
        LeaveRequest_Action.RECONNECT,
        true,
      ]);
      expect(edges.outcomes).toEqual(['restart']);
    });

    it('is told by a leave that a room is full, since the way in was right', async () => {
      edges.rooms.refusal = new MediaError('resource_exhausted', 'room is full');
      const client = await enter();
      await client.closed;
      const [message] = client.heard.map((heard) => heard.message);
      expect(message?.case === 'leave' && message.value.reason).toBe(DisconnectReason.JOIN_FAILURE);
    });
  });

  describe('who does not, and is told why by WebSocket and validate alike', () => {
    const refusals: [string, () => Promise<string> | string, string][] = [
      ['no token', () => '', '401 no permissions to access the room'],
      ['a token that is none', () => 'nonsense', '401 invalid authorization token'],
      [
        'a token of another secret',
        () => tokenFor({ roomJoin: true, room: 'stue' }, 'anna', 'another-secret-of-32-characters!'),
        '401 invalid authorization token',
      ],
      ['a token without roomJoin', () => tokenFor({ room: 'stue' }), '401 permissions denied'],
      ['a token without a room', () => tokenFor({ roomJoin: true }), '400 no room name'],
    ];
    for (const [who, token, answer] of refusals) {
      it(`${who}: ${answer}`, async () => {
        const text = await token();
        await expect(connect(rtc(text))).rejects.toThrow(answer);
        const response = await fetch(`${edges.url}/rtc/validate?access_token=${text}`);
        expect(`${response.status} ${await response.text()}`).toBe(answer);
        expect(edges.rooms.visits).toEqual([]);
        expect(edges.signal.openSockets).toBe(0);
      });
    }

    it('a room that does not exist, where joining makes none', async () => {
      await restart({ autoCreate: false });
      await expect(enter()).rejects.toThrow('404 requested room does not exist');
      edges.rooms.names.add('stue');
      const response = await fetch(`${edges.url}/rtc/validate?access_token=${await joinToken()}`);
      expect([response.status, await response.text()]).toEqual([200, 'success']);
      await enter();
    });

    it('metadata of its own without the grant to update it', async () => {
      const attributes = Buffer.from('{"a":"b"}').toString('base64url');
      await expect(connect(rtc(await joinToken(), `&attributes=${attributes}`))).rejects.toThrow('401');
    });

    it('a server that is full, while those who come back still may', async () => {
      await restart({ limits: { maxParticipants: 1 } });
      edges.rooms.counts = { ...edges.rooms.counts, participants: 1 };
      edges.rooms.resumable = true;
      await expect(enter()).rejects.toThrow('503 node has exceeded its configured limit');
      await connect(rtc(await joinToken(), '&reconnect=1&sid=PA_1'));
    });

    it('a v1 path without a join request, which is how a client learns that v1 is here', async () => {
      const response = await fetch(`${edges.url}/rtc/v1/validate?access_token=${await joinToken()}`);
      expect([response.status, await response.text()]).toEqual([400, 'join_request is required']);
    });

    it('a plain GET of the signalling path, and a WebSocket of any other', async () => {
      expect((await fetch(rtc(await joinToken()))).status).toBe(404);
      await expect(connect(`${edges.url}/elsewhere?access_token=${await joinToken()}`)).rejects.toThrow(
        '404',
      );
    });

    it('an upgrade that is no WebSocket handshake leaves nobody in the room', async () => {
      const token = await joinToken();
      const socket = connectTcp(Number(new URL(edges.url).port), '127.0.0.1');
      socket.write(
        `GET /rtc?access_token=${token} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      await new Promise((resolve) => socket.resume().once('close', resolve));
      expect(edges.rooms.visits[0]?.lost).toBe(1);
      expect(edges.signal.openSockets).toBe(0);
    });
  });

  describe('what clients say', () => {
    it('is handled in order', async () => {
      const client = await enter();
      for (let i = 0; i < 50; i++) client.say({ case: 'ping', value: BigInt(i) });
      const visit = edges.rooms.visits[0];
      await expect.poll(() => visit?.received).toHaveLength(50);
      expect(visit?.received.map((message) => message.kind === 'ping' && message.timestamp)).toEqual(
        Array.from({ length: 50 }, (_, i) => BigInt(i)),
      );
    });

    it('is answered in JSON where it came in JSON', async () => {
      const client = await enter();
      const visit = edges.rooms.visits[0];
      client.socket.send(JSON.stringify({ ping: '7' }));
      await expect.poll(() => visit?.received).toEqual([{ kind: 'ping', timestamp: 7n }]);
      const raw = new Promise((resolve) => client.socket.once('message', (_, isBinary) => resolve(isBinary)));
      visit?.sink.send({ case: 'pong', value: 8n });
      expect(await raw).toBe(false);
    });

    it('ends only the socket of who talks nonsense, with a leave', async () => {
      const [bad, good] = [await enter('anna'), await enter('bo')];
      bad.socket.send(Buffer.from([0xff, 0xff, 0xff]));
      await bad.closed;
      expect(bad.heard.at(-1)?.message.case).toBe('leave');
      expect(edges.rooms.visits[0]?.received).toMatchObject([{ kind: 'leave' }]);
      expect(edges.rooms.visits[0]?.lost).toBe(0);
      good.say({ case: 'ping', value: 1n });
      await expect.poll(() => edges.rooms.visits[1]?.received).toHaveLength(1);
      expect(edges.expelled).toEqual(['message']);
    });

    it('ends the socket of who talks too fast', async () => {
      await restart({ limits: { messagesPerSecond: 5 } });
      const client = await enter();
      for (let i = 0; i < 11; i++) client.say({ case: 'ping', value: 1n });
      await client.closed;
      expect(edges.expelled).toEqual(['rate']);
      expect(edges.rooms.visits[0]?.received).toHaveLength(11);
    });

    it('ends the socket of who says too much at once', async () => {
      await restart({ limits: { maxSignalBytes: 1000 } });
      const client = await enter();
      client.socket.send(Buffer.alloc(2000));
      expect(await client.closed).toBe(1009);
      await expect.poll(() => edges.rooms.visits[0]?.lost).toBe(1);
    });

    it('ends only the socket of who meets a fault of ours', async () => {
      edges.rooms.onReceive = (message) => {
        if (message.kind === 'ping') throw new TypeError('a fault');
      };
      const client = await enter();
      client.say({ case: 'ping', value: 1n });
      await client.closed;
      expect(edges.expelled).toEqual(['fault']);
    });
  });

  describe('sockets that are lost', () => {
    it('are told to the room once, when the client goes without a leave', async () => {
      const client = await enter();
      client.socket.terminate();
      await expect.poll(() => edges.rooms.visits[0]?.lost).toBe(1);
      expect(edges.signal.openSockets).toBe(0);
    });

    it('are no news to a room that closed them itself', async () => {
      const client = await enter();
      edges.rooms.visits[0]?.sink.close();
      expect(await client.closed).toBe(1000);
      await expect.poll(() => edges.signal.openSockets).toBe(0);
      expect(edges.rooms.visits[0]?.lost).toBe(0);
    });

    it('are found where nothing comes any more, not even an answer to a ping', async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      try {
        await restart({});
        const [silent, alive] = [await enter('anna'), await enter('bo')];
        silent.socket.pause();
        for (let i = 0; i < 5; i++) {
          const answered = new Promise((resolve) => alive.socket.once('ping', resolve));
          edges.advance(5000);
          vi.advanceTimersByTime(5000);
          await answered;
          alive.say({ case: 'ping', value: 1n });
          await expect.poll(() => edges.rooms.visits[1]?.received).toHaveLength(i + 1);
        }
        await expect.poll(() => edges.rooms.visits.map(({ lost }) => lost)).toEqual([1, 0]);
        expect(edges.expelled).toEqual(['silent']);
        silent.socket.terminate();
      } finally {
        vi.useRealTimers();
      }
    });

    it('are cut off where the client does not read, instead of kept in memory', async () => {
      const client = await enter();
      client.socket.pause();
      const visit = edges.rooms.visits[0];
      const chunk = 'x'.repeat(256 * 1024);
      for (let i = 0; i < 100 && edges.expelled.length === 0; i++) {
        visit?.sink.send({ case: 'refreshToken', value: chunk });
      }
      expect(edges.expelled).toEqual(['slow']);
      await expect.poll(() => visit?.lost).toBe(1);
      client.socket.terminate();
    });
  });

  describe('limits of one address', () => {
    it('are joins a second', async () => {
      await restart({ limits: { joinsPerSecondPerAddress: 2 } });
      const token = await joinToken();
      await Promise.all([connect(rtc(token)), connect(rtc(token))]);
      await expect(connect(rtc(token))).rejects.toThrow('429 too many joins from this address');
      edges.advance(1000);
      await connect(rtc(token));
    });

    it('are sockets at once, counted out as they close', async () => {
      await restart({ limits: { maxSocketsPerAddress: 1 } });
      const client = await enter();
      await expect(enter()).rejects.toThrow('429 too many connections from this address');
      client.socket.close();
      await expect.poll(() => edges.signal.openSockets).toBe(0);
      await enter();
    });

    it('count the address that a proxy on this machine speaks for', async () => {
      await restart({ limits: { maxSocketsPerAddress: 1 } });
      const url = rtc(await joinToken());
      await connect(url, { 'x-forwarded-for': '203.0.113.1' });
      await connect(url, { 'x-forwarded-for': '198.51.100.9, 203.0.113.2' });
      await expect(connect(url, { 'x-forwarded-for': '1.2.3.4, 203.0.113.1' })).rejects.toThrow('429');
    });
  });
});
