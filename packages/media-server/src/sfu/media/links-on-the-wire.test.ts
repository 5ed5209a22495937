// Links over real transports: ICE, DTLS, SRTP and SCTP on loopback, with clients made of the same transports.
import { expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { defaultLimits } from '../../limits.ts';
import { isRtcp, parseRtp } from '../../rtp/packet.ts';
import { parseRtcp } from '../../rtp/rtcp.ts';
import { parseDescription } from '../../sdp/description.ts';
import { type RecordedTransport, recordTransport } from '../../testing/transport-pair.ts';
import { createTransportFactory } from '../../transport/datachannel-transport.ts';
import type { MediaLink, MediaSource } from '../link.ts';
import { createMediaLinks } from './create-media-links.ts';
import {
  announcedTrack,
  Encoder,
  type OfferedSection,
  payloadTypes,
  vp8,
  writeClientSdp,
} from './fixture.ts';

const silent = { warn() {}, error() {} };

test('a frame and a message go from one client to another, and nothing is left afterwards', async () => {
  const transports = makeFactory();
  // A factory has one port for all: clients of one could not be told apart by their addresses.
  const clients = { PA_alice: makeFactory(), PA_bob: makeFactory() };
  const links = createMediaLinks({ clock: systemClock, limits: defaultLimits, transports, log: silent });
  const sources: MediaSource[] = [];

  async function connect(sid: keyof typeof clients, sections: readonly OfferedSection[]) {
    const recorded = recordTransport(clients[sid]);
    recorded.transport.openDataChannel('_reliable', 'reliable');
    const answers: string[] = [];
    const link = links.create({
      mode: 'v1',
      participantSid: sid,
      events: {
        send: (message) => message.case === 'answer' && answers.push(message.value.sdp),
        onConnected: () => {},
        onFailed: (_why, detail) => expect.unreachable(detail),
        onFullReconnectNeeded: () => expect.unreachable(),
        onTrackReady: (_sid, source) => sources.push(source),
        onTrackGone: () => {},
        onSubscribed: () => {},
        onSubscriptionFailed: () => expect.unreachable(),
        onData: () => {},
      },
    });
    // Nobody calls before the answer is taken: on a starved processor the library is connected before it knows the fingerprint.
    const local = { ...(await recorded.transport.createOffer()), candidates: [] };
    const offer = async (again: readonly OfferedSection[]) => {
      const before = answers.length;
      const sdp = writeClientSdp(again, local);
      link.receive({ kind: 'offer', description: { type: 'offer', sdp, id: before + 1, midToTrackId: {} } });
      await expect.poll(() => answers.length, { interval: 5 }).toBe(before + 1);
      return parseDescription(answers.at(-1) ?? '', defaultLimits);
    };
    if (sid === 'PA_alice') link.announce(announcedTrack('TR_cam', 'cam', 'video'));
    recorded.transport.acceptAnswer((await offer(sections)).transport);
    await recorded.until(() => recorded.openChannels.length > 0);
    return { recorded, link, offer };
  }

  const data = { mid: '0', kind: 'application', direction: 'sendonly' } as const;
  const sending = { mid: '1', kind: 'video', direction: 'sendonly', track: 'cam', ssrcs: [7] } as const;
  const receiving = { mid: '1', kind: 'video', direction: 'recvonly' } as const;
  const alice = await connect('PA_alice', [data, sending]);
  const bob = await connect('PA_bob', [data, receiving]);
  const encoder = new Encoder(7, payloadTypes.vp8);
  await sendUntil(alice.recorded, encoder, () => sources.length > 0);
  const [source] = sources;
  if (source === undefined) throw new Error('no source');
  bob.link.subscribe({ source, publisherSid: 'PA_alice', stream: 'camera' });
  const section = (await bob.offer([data, receiving])).sections[1];
  await alice.recorded.until(() => asksForKeyFrame(alice.recorded));
  const media = () => bob.recorded.packets.filter((packet) => !isRtcp(packet));
  await sendUntil(alice.recorded, encoder, () => media().length > 0);
  const packet = parseRtp(media()[0] ?? Buffer.alloc(0));
  expect(packet?.ssrc).toBe(section?.ssrcs[0]?.ssrc);
  expect(packet?.payload).toEqual(vp8(true));

  await expectData(alice.link, alice.recorded);
  await links.close();
  alice.recorded.transport.close();
  bob.recorded.transport.close();
  expect([links.openCount, transports.openCount]).toEqual([0, 0]);
  await Promise.all([transports, clients.PA_alice, clients.PA_bob].map((each) => each.close()));
}, 60_000);

function makeFactory() {
  return createTransportFactory({
    udpPorts: null,
    singlePort: null,
    bindAddress: '127.0.0.1',
    announcedAddresses: [],
    maxCandidates: 8,
    log: silent,
  });
}

function asksForKeyFrame(client: RecordedTransport): boolean {
  return client.packets.some(
    (packet) => isRtcp(packet) && parseRtcp(packet).some(({ kind }) => kind === 'pli'),
  );
}

/** The first packets over a new connection may come before the far end has its keys: frames are sent until one is there. */
async function sendUntil(
  client: RecordedTransport,
  encoder: Encoder,
  condition: () => boolean,
): Promise<void> {
  const send = (): boolean => {
    client.transport.send(encoder.next(vp8(true)));
    return condition();
  };
  await expect.poll(send, { interval: 10 }).toBe(true);
}

async function expectData(to: MediaLink, client: RecordedTransport): Promise<void> {
  await expect.poll(() => to.sendData('reliable', Buffer.from('hello')), { interval: 5 }).toBe(true);
  await client.until(() => client.messages.length > 0);
  expect(client.messages[0]).toEqual({ label: '_reliable', bytes: Buffer.from('hello') });
}
