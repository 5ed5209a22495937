import fc from 'fast-check';
import * as sdpTransform from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import type { TransportDescription } from '../transport/transport.ts';
import { answerCodec, chooseCodecs, type SectionCodec } from './codecs.ts';
import { parseDescription } from './description.ts';
import { keepExtensions, publisherExtensions } from './extensions.ts';
import { fixture } from './fixtures.ts';
import { type SectionPlan, writeDescription } from './writer.ts';

const token = (least: number, most: number) =>
  fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'),
    minLength: least,
    maxLength: most,
  });

const transports: fc.Arbitrary<TransportDescription> = fc.record({
  iceUfrag: token(4, 32),
  icePassword: token(22, 64),
  fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ({
    algorithm: 'sha-256',
    value: [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':'),
  })),
  setup: fc.constantFrom('actpass', 'active', 'passive'),
  candidates: fc.array(
    fc
      .integer({ min: 1, max: 65_535 })
      .map((port) => `candidate:1 1 UDP 2122317823 192.0.2.1 ${port} typ host`),
    { maxLength: 4 },
  ),
});

const codecs: fc.Arbitrary<SectionCodec[]> = fc
  .uniqueArray(fc.integer({ min: 35, max: 80 }), { maxLength: 6 })
  .chain((payloadTypes) =>
    fc.tuple(
      ...payloadTypes.map((payloadType) =>
        fc.record({
          payloadType: fc.constant(payloadType),
          name: fc.constantFrom('opus', 'vp8', 'h264', 'vp9', 'av1'),
          clockRate: fc.constantFrom(48_000, 90_000),
          channels: fc.constantFrom(1, 2),
          fmtp: fc.constantFrom(
            '',
            'minptime=10;useinbandfec=1',
            'profile-id=0',
            'packetization-mode=1;profile-level-id=42e01f',
          ),
          feedback: fc.subarray(['transport-cc', 'ccm fir', 'nack', 'nack pli']),
          // Up to 127, and apart from those above, as a section must have it.
          rtxPayloadType: fc.constantFrom(null, payloadType + 47),
        }),
      ),
    ),
  );

const directions = fc.constantFrom(
  'sendrecv' as const,
  'sendonly' as const,
  'recvonly' as const,
  'inactive' as const,
);

function plans(mid: string): fc.Arbitrary<SectionPlan> {
  const media = fc
    .record({
      kind: fc.constantFrom('audio' as const, 'video' as const),
      direction: directions,
      codecs,
      extensions: fc.subarray(publisherExtensions.map((uri, index) => ({ id: index + 1, uri }))),
      msid: fc.option(
        fc.record({ stream: token(1, 20).map((id) => `PA_${id}|camera`), track: token(1, 20) }),
      ),
      ssrc: fc.option(fc.integer({ min: 1, max: 0x7fff_ffff })),
      hasRtx: fc.boolean(),
      rids: fc.subarray(['q', 'h', 'f']),
      isRejected: fc.boolean(),
    })
    .map(
      ({ hasRtx, isRejected, ...plan }): SectionPlan => ({
        ...plan,
        mid,
        // Without codecs there is nothing that could be accepted.
        rejected: isRejected || plan.codecs.length === 0,
        ssrc: plan.msid === null ? null : plan.ssrc,
        rtxSsrc: plan.msid !== null && plan.ssrc !== null && hasRtx ? plan.ssrc + 1 : null,
      }),
    );
  return fc.oneof(media, fc.constant(applicationPlan(mid)));
}

function applicationPlan(mid: string): SectionPlan {
  return {
    mid,
    kind: 'application',
    direction: 'sendrecv',
    codecs: [],
    extensions: [],
    msid: null,
    ssrc: null,
    rtxSsrc: null,
    rids: [],
    rejected: false,
  };
}

const descriptions = fc
  .record({
    type: fc.constantFrom('offer' as const, 'answer' as const),
    id: fc.integer({ min: 1, max: 1_000_000 }),
    transport: transports,
    sections: fc
      .nat(5)
      .chain((last) => fc.tuple(...Array.from({ length: last }, (_, mid) => plans(String(mid))))),
  })
  // A description without any section in use has no transport to tell of.
  .map((description) => ({
    ...description,
    sections: [...description.sections, applicationPlan(String(description.sections.length))],
  }));

describe('a written description', () => {
  it('is read back as what was planned', () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const { transport, sections } = parseDescription(writeDescription(description), defaultLimits);
        expect(transport).toEqual(description.transport);
        expect(sections).toEqual(
          description.sections.map((plan) => ({
            mid: plan.mid,
            kind: plan.kind,
            rejected: plan.rejected,
            direction: plan.rejected ? 'inactive' : plan.direction,
            codecs: plan.rejected ? [] : plan.codecs,
            extensions: plan.rejected ? [] : plan.extensions,
            msid: plan.rejected ? null : plan.msid,
            // Layers are those that the writer sends; what we write asks for layers.
            rids: [],
            ssrcs:
              plan.rejected || plan.ssrc === null
                ? []
                : [{ ssrc: plan.ssrc, rtxSsrc: plan.rtxSsrc, cname: plan.msid?.stream.split('|')[0] }],
            maxMessageSize: plan.kind === 'application' ? 262_144 : 0,
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('means the same to a reader of somebody else', () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const theirs = sdpTransform.parse(writeDescription(description));
        expect(theirs.media.map(({ mid, type, port }) => [String(mid), type, port])).toEqual(
          description.sections.map(({ mid, kind, rejected }) => [mid, kind, rejected ? 0 : 9]),
        );
        const inUse = description.sections.filter(({ rejected }) => !rejected);
        expect(String(theirs.groups?.[0]?.mids)).toBe(inUse.map(({ mid }) => mid).join(' '));
        theirs.media.forEach((media, index) => {
          const plan = description.sections[index];
          if (plan === undefined || plan.rejected || plan.kind === 'application') return;
          expect(media.rids?.map(({ id, direction }) => `${id} ${direction}`) ?? []).toEqual(
            plan.rids.map((rid) => `${rid} recv`),
          );
          expect(media.rtp.filter(({ codec }) => codec !== 'rtx').map(({ payload }) => payload)).toEqual(
            plan.codecs.map(({ payloadType }) => payloadType),
          );
          expect(media.setup).toBe(description.transport.setup);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the session’s id while its version grows', () => {
    const transport = fc.sample(transports, 1)[0];
    if (transport === undefined) throw new Error('no transport');
    const origin = (id: number) =>
      writeDescription({ type: 'offer', id, transport, sections: [applicationPlan('0')] }).split('\r\n')[1];
    expect(origin(2)).toMatch(/^o=- \d+ 2 IN IP4 127\.0\.0\.1$/);
    expect(origin(3)?.replace(' 3 ', ' 2 ')).toBe(origin(2));
  });

  it('rejects a section for which there is no codec', () => {
    const transport = fc.sample(transports, 1)[0];
    if (transport === undefined) throw new Error('no transport');
    const without: SectionPlan = { ...applicationPlan('1'), kind: 'video', direction: 'recvonly' };
    const sections = [applicationPlan('0'), without];
    const text = writeDescription({ type: 'answer', id: 1, transport, sections });
    expect(parseDescription(text, defaultLimits).sections[1]).toMatchObject({ mid: '1', rejected: true });
  });

  it('carries the candidates once, in the first section in use', () => {
    const transport = {
      iceUfrag: 'abcd',
      icePassword: 'abcdefghijklmnopqrstuv',
      fingerprint: { algorithm: 'sha-256', value: `${'AB:'.repeat(31)}AB` },
      setup: 'active',
      candidates: ['candidate:1 1 UDP 1 192.0.2.1 9 typ host'],
    } as const;
    const rejected: SectionPlan = { ...applicationPlan('0'), kind: 'audio', rejected: true };
    const text = writeDescription({
      type: 'answer',
      id: 1,
      transport,
      sections: [rejected, applicationPlan('1'), applicationPlan('2')],
    });
    expect(text.match(/a=candidate/g)).toHaveLength(1);
    expect(text.indexOf('a=candidate')).toBeGreaterThan(text.indexOf('m=application'));
    expect(text).toContain('a=group:BUNDLE 1 2\r\n');
  });
});

describe('an answer to Chromium publishing simulcast', () => {
  const offer = parseDescription(fixture('chromium-v1-publishing'), defaultLimits);
  const camera = offer.sections.find((section) => section.rids.length > 0);
  if (camera === undefined) throw new Error('no camera');
  const plan: SectionPlan = {
    mid: camera.mid,
    kind: 'video',
    direction: 'recvonly',
    codecs: chooseCodecs('video', camera.codecs, ['vp8']).map((codec) =>
      answerCodec('video', codec, { stereo: false, disableDtx: false, rtx: true }),
    ),
    extensions: keepExtensions(camera.extensions, publisherExtensions),
    msid: null,
    ssrc: null,
    rtxSsrc: null,
    rids: camera.rids,
    rejected: false,
  };

  it('takes the announced codec alone, its retransmissions, the layers and our extensions', () => {
    const text = writeDescription({ type: 'answer', id: 1, transport: offer.transport, sections: [plan] });
    const section = text.slice(text.indexOf('m=video')).split('\r\n');
    expect(section[0]).toBe('m=video 9 UDP/TLS/RTP/SAVPF 96 97');
    expect(section.filter((line) => line.startsWith('a=rtcp-fb'))).toEqual([
      'a=rtcp-fb:96 transport-cc',
      'a=rtcp-fb:96 ccm fir',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
    ]);
    expect(section).toContain('a=simulcast:recv q;h;f');
    expect(section.filter((line) => line.startsWith('a=extmap')).map((line) => line.split(' ')[1])).toEqual(
      camera.extensions.map(({ uri }) => uri).filter((uri) => publisherExtensions.includes(uri)),
    );
    expect(section.filter((line) => line.startsWith('a=extmap'))).toHaveLength(6);
  });
});
