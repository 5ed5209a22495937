import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PageClient } from '../compat/clients/page.ts';
import { openPages, type Pages } from '../compat/clients/pages.ts';
import { findOurs, type MediaSettings } from '../compat/targets/ours.ts';
import { makeToken } from '../compat/world.ts';
import { freePort } from '../support/service.ts';

let pages: Pages;
const open: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  pages = await openPages();
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => pages?.close());

/**
 * Two browsers see each other on a media server with these settings; where each of them sends to.
 *
 * @param only the one address under which it is to be known to them, and they are not known to it
 */
async function waysWith(own: MediaSettings, only?: string): Promise<readonly string[]> {
  const ours = await findOurs(own);
  if (ours === null) throw new Error('the media server is not built');
  const server = await ours.start();
  open.push(() => server.kill());
  const [one, other] = await Promise.all(
    ['one', 'other'].map(async (identity) => {
      const page = await pages.open();
      open.push(() => pages.giveBack(page));
      if (only !== undefined) await page.run(`void (${knowingOnly(only)})()`);
      await page.connect({ url: server.url, token: await makeToken('addresses', identity) });
      await page.camera();
      return page;
    }),
  );
  if (one === undefined || other === undefined) throw new Error('two came');
  await Promise.all([one.frames('other'), other.frames('one')]);
  return Promise.all([one, other].map(wayOf));
}

/** For a page before it connects: on one machine everybody reaches everybody, behind a router nobody does. */
const knowingOnly = (address: string): string => `() => {
  const Real = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Real {
    set onicecandidate(tell) {
      super.onicecandidate = (event) => (event.candidate === null ? tell(event) : undefined);
    }
    setRemoteDescription({ type, sdp }) {
      const known = (line) => !line.startsWith('a=candidate') || line.includes(' ${address} ');
      return super.setRemoteDescription({ type, sdp: sdp.split('\\r\\n').filter(known).join('\\r\\n') });
    }
    async addIceCandidate(candidate) {
      if (candidate?.candidate?.includes(' ${address} ')) await super.addIceCandidate(candidate);
    }
  };
}`;

/** By the pair of addresses that is in use (W3C webrtc-stats, RTCTransportStats). */
const wayOf = async (page: PageClient): Promise<string> =>
  String(
    await page.run(`(async () => {
      const report = await room.engine.pcManager.publisher.getStats();
      const entries = [...report.values()];
      const { selectedCandidatePairId } = entries.find(({ type }) => type === 'transport');
      const pair = entries.find(({ id }) => id === selectedCandidatePairId);
      const { address, port, protocol } = entries.find(({ id }) => id === pair.remoteCandidateId);
      return protocol + ' ' + address + ' ' + port;
    })()`),
  );

describe('a browser reaches the media server', () => {
  it('by IPv6 alone', async () => {
    const port = await freePort();
    const ways = await waysWith({ NAER_MEDIA_BIND_ADDRESS: '::1', NAER_MEDIA_UDP_PORT: String(port) });
    expect(ways).toEqual([`udp ::1 ${port}`, `udp ::1 ${port}`]);
  });

  it('on ports of the range that a firewall wants', async () => {
    const first = await freePort();
    const range = { first, last: first + 40 };
    const ways = await waysWith({
      NAER_MEDIA_UDP_PORT: undefined,
      NAER_MEDIA_UDP_RANGE: `${range.first}-${range.last}`,
    });
    for (const way of ways) {
      const port = Number(/^udp 127\.0\.0\.1 (\d+)$/.exec(way)?.[1]);
      expect(port).toBeGreaterThanOrEqual(range.first);
      expect(port).toBeLessThanOrEqual(range.last);
    }
  });

  // Only Linux has all of 127.0.0.0/8 without being told.
  it.skipIf(process.platform !== 'linux')('at the address of a router that passes its port on', async () => {
    const port = await freePort();
    const router = await startRouter({ outside: '127.0.0.2', inside: '127.0.0.1', port });
    const ways = await waysWith(
      { NAER_MEDIA_UDP_PORT: String(port), NAER_MEDIA_ANNOUNCED_ADDRESSES: '127.0.0.2' },
      '127.0.0.2',
    );
    expect(ways).toEqual([`udp 127.0.0.2 ${port}`, `udp 127.0.0.2 ${port}`]);
    expect(router.clients).toBeGreaterThanOrEqual(2);
  });
});

/** NAT with a forwarded UDP port: who sends to the outside is passed on from an own port inside, and answered from outside. */
async function startRouter({
  outside,
  inside,
  port,
}: {
  readonly outside: string;
  readonly inside: string;
  readonly port: number;
}): Promise<{ readonly clients: number }> {
  const listener = createSocket('udp4');
  const ways = new Map<string, Socket>();
  listener.on('message', (packet, client) => {
    const key = `${client.address} ${client.port}`;
    let way = ways.get(key);
    if (way === undefined) {
      way = createSocket('udp4');
      way.bind(0, inside);
      way.on('message', (answer) => listener.send(answer, client.port, client.address));
      ways.set(key, way);
    }
    way.send(packet, port, inside);
  });
  listener.bind(port, outside);
  await once(listener, 'listening');
  open.push(async () => {
    for (const socket of [listener, ...ways.values()]) socket.close();
  });
  return {
    get clients() {
      return ways.size;
    },
  };
}
