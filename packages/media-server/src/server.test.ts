import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createConnection, createServer } from 'node:net';
import { DisconnectReason, LeaveRequest, WebhookEvent } from '@livekit/protocol';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { MediaConfigError } from './config.ts';
import { connect, type TestClient } from './signal/fixture.ts';
import { startTestMediaServer, type TestMediaServer, type TestMediaServerOptions } from './testing/index.ts';

describe('the media server', () => {
  let media: TestMediaServer | null = null;
  afterEach(async () => {
    await media?.close();
    media = null;
  });

  const start = async (options: TestMediaServerOptions = {}): Promise<TestMediaServer> => {
    media = await startTestMediaServer(options);
    return media;
  };
  const join = async ({ httpUrl, token }: TestMediaServer, identity: string): Promise<TestClient> =>
    connect(`${httpUrl}/rtc?access_token=${await token(identity, 'stue')}&protocol=16`);
  const cases = (client: TestClient) => client.heard.map(({ message }) => message.case);
  const last = (client: TestClient, name: string) =>
    client.heard.map(({ message }) => message).findLast((message) => message.case === name);

  it('lets clients join, shows them to each other and to the administrator, and closes with nothing left', async () => {
    const server = await start();
    const anna = await join(server, 'anna');
    await expect.poll(() => cases(anna)).toContain('join');
    const bo = await join(server, 'bo');
    await expect.poll(() => cases(anna)).toContain('update');
    const response = last(bo, 'join');
    expect(
      response?.case === 'join' && response.value.otherParticipants.map(({ identity }) => identity),
    ).toEqual(['anna']);
    const admin = new RoomServiceClient(server.httpUrl, server.apiKey, server.apiSecret);
    const listed = await admin.listParticipants('stue');
    expect(listed.map(({ identity }) => identity).sort()).toEqual(['anna', 'bo']);
    const metrics = await (await fetch(`${server.httpUrl}/metrics`)).text();
    expect(metrics).toContain('naer_media_participants 2');
    expect(metrics).toContain('naer_media_joins_total{outcome="joined"} 2');
    expect(server.server.open.sockets).toBe(2);
  });

  it('tells everybody that it goes, and why', async () => {
    const server = await start();
    const anna = await join(server, 'anna');
    await expect.poll(() => cases(anna)).toContain('join');
    await server.close();
    await anna.closed;
    const leave = last(anna, 'leave');
    expect(leave?.case === 'leave' && leave.value.reason).toBe(DisconnectReason.SERVER_SHUTDOWN);
  });

  it('takes no new rooms while it drains, and is done when the last one has left', async () => {
    const server = await start();
    const anna = await join(server, 'anna');
    await expect.poll(() => cases(anna)).toContain('join');
    let drained = false;
    const draining = server.server.drain().then(() => {
      drained = true;
    });
    expect((await fetch(`${server.httpUrl}/readyz`)).status).toBe(503);
    const other = await server.token('bo', 'ny');
    await expect(connect(`${server.httpUrl}/rtc?access_token=${other}`)).rejects.toThrow('503');
    const bo = await join(server, 'bo');
    bo.say({ case: 'leave', value: new LeaveRequest() });
    await bo.closed;
    expect(drained).toBe(false);
    anna.say({ case: 'leave', value: new LeaveRequest() });
    await draining;
  });

  it('posts what happens to its webhooks, also the end of the rooms that it closes itself', async () => {
    const events: string[] = [];
    const receiver = createHttp((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        events.push(WebhookEvent.fromJsonString(body).event);
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const server = await start({ config: { webhookUrls: [`http://127.0.0.1:${port}/`] } });
    const admin = new RoomServiceClient(server.httpUrl, server.apiKey, server.apiSecret);
    await admin.createRoom({ name: 'stue' });
    await server.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
    expect(events).toEqual(['room_started', 'room_finished']);
  });

  it('takes who goes in the middle of a request for no fault of its own', async () => {
    const told: string[] = [];
    const server = await start({ log: pino({ level: 'error' }, { write: (line) => told.push(line) }) });
    const token = new AccessToken(server.apiKey, server.apiSecret);
    token.addGrant({ roomList: true });
    const client = createConnection(server.port, '127.0.0.1');
    client.write(
      `POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${await token.toJwt()}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n',
    );
    // Only somebody who is about to read the rest asks for it.
    expect(String((await once(client, 'data'))[0])).toContain('100 Continue');
    client.write('{');
    client.resetAndDestroy();
    await once(client, 'close');
    // Two who come later are answered: by then the server has heard of the one who went.
    for (let time = 0; time < 2; time += 1) expect((await fetch(`${server.httpUrl}/healthz`)).ok).toBe(true);
    expect(told).toEqual([]);
  });

  it('says which setting is in the way where a port is taken, and leaves nothing open', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const starting = start({ config: { http: { host: '127.0.0.1', port, trustedProxies: [] } } });
    await expect(starting).rejects.toThrow(MediaConfigError);
    await expect(starting).rejects.toThrow(`NAER_MEDIA_PORT: port ${port} is taken`);
    await new Promise((resolve) => other.close(resolve));
  });
});
