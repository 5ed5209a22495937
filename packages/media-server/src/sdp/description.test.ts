import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import { type Description, parseDescription, type Section } from './description.ts';
import { extensionId, extensionUris } from './extensions.ts';
import { type FixtureName, fixture } from './fixtures.ts';

const parse = (sdp: string) => parseDescription(sdp, defaultLimits);
const read = (name: FixtureName) => parse(fixture(name));

function sectionAt(description: Description, index: number): Section {
  const section = description.sections[index];
  if (section === undefined) throw new Error(`no section ${index}`);
  return section;
}

/** One audio section with everything that is needed, and `lines` besides. */
function minimal(...lines: string[]): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuv',
    `a=fingerprint:sha-256 ${'AB:'.repeat(31)}AB`,
    'a=setup:actpass',
    'a=mid:0',
    'a=rtpmap:111 opus/48000/2',
    ...lines,
    '',
  ].join('\r\n');
}

function refusalOf(sdp: string): string {
  try {
    parse(sdp);
  } catch (error) {
    if (error instanceof MediaError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
  return 'taken';
}

describe('offers of clients', () => {
  it('of Chromium at a v1 join: three sections of each kind to receive in, and data', () => {
    const { transport, sections } = read('chromium-v1-join');
    expect(sections.map(({ mid, kind, direction }) => `${mid} ${kind} ${direction}`)).toEqual([
      '0 audio recvonly',
      '1 audio recvonly',
      '2 audio recvonly',
      '3 video recvonly',
      '4 video recvonly',
      '5 video recvonly',
      '6 application sendrecv',
    ]);
    expect(transport.setup).toBe('actpass');
    expect(transport.fingerprint.algorithm).toBe('sha-256');
    expect(sectionAt({ transport, sections }, 6).maxMessageSize).toBe(262_144);
  });

  it('of Chromium publishing simulcast: layers in order, and the retransmissions of each codec', () => {
    const { transport, sections } = read('chromium-v1-publishing');
    const [camera, plain] = sections.filter(
      ({ kind, direction }) => `${kind} ${direction}` === 'video sendonly',
    );
    expect(camera?.rids).toEqual(['q', 'h', 'f']);
    expect(camera?.ssrcs).toEqual([]);
    expect(camera?.codecs[0]).toEqual({
      payloadType: 96,
      name: 'vp8',
      clockRate: 90_000,
      channels: 1,
      fmtp: '',
      feedback: ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'],
      rtxPayloadType: 97,
    });
    expect(camera?.codecs.some(({ name }) => name === 'rtx')).toBe(false);
    expect(plain?.rids).toEqual([]);
    expect(plain?.ssrcs).toHaveLength(1);
    expect(plain?.ssrcs[0]?.rtxSsrc).toEqual(expect.any(Number));
    expect(plain?.msid?.track).toMatch(/^[0-9a-f-]{36}$/);
    expect(transport.candidates.length).toBeGreaterThan(0);
    expect(transport.candidates.every((candidate) => candidate.startsWith('candidate:'))).toBe(true);
  });

  it('of Chromium on v0 and of libwebrtc in Node', () => {
    const v0 = read('chromium-v0-publisher');
    expect(v0.sections.map(({ kind, direction }) => `${kind} ${direction}`)).toEqual([
      'video sendonly',
      'audio sendonly',
      'application sendrecv',
    ]);
    const node = read('rtc-node-v1-join');
    expect(node.sections.map(({ kind }) => kind)).toContain('video');
    expect(sectionAt(node, 0).codecs[0]?.name).toBe('opus');
  });

  it('of Chromium answering a v0 subscriber offer', () => {
    const { transport, sections } = read('chromium-v0-subscriber-answer');
    expect(transport.setup).toBe('active');
    expect(sections.map(({ kind, direction }) => `${kind} ${direction}`)).toEqual([
      'application sendrecv',
      'audio recvonly',
      'video recvonly',
      'video recvonly',
    ]);
  });

  it('of Firefox: bundle-only sections with port 0 are in use, the fingerprint is the session’s', () => {
    const { transport, sections } = read('firefox-shaped-publishing');
    expect(sections.map(({ rejected }) => rejected)).toEqual([false, false, false, false]);
    expect(transport.iceUfrag).toBe('8c5d2e1f');
    expect(transport.fingerprint.value.startsWith('00:07:0E')).toBe(true);
    const video = sectionAt({ transport, sections }, 2);
    expect(video.rids).toEqual(['q', 'h', 'f']);
    expect(video.msid?.track).toBe('{9b7fd7d4-9c52-4c6a-8a0b-2a6fd2a3c702}');
    expect(extensionId(video.extensions, extensionUris.repairedRid)).toBe(9);
    expect(extensionId(video.extensions, extensionUris.dependencyDescriptor)).toBe(0);
    // Names of parameters come in any order.
    expect(video.codecs.find(({ payloadType }) => payloadType === 126)?.rtxPayloadType).toBe(127);
  });

  it('of Firefox without OpenH264: no H264, layers with both rid and SSRCs, and what was stopped', () => {
    const [camera] = read('firefox-v0-publisher').sections.filter(({ kind }) => kind === 'video');
    expect(camera?.codecs.map(({ name }) => name)).toEqual(['vp8', 'vp9', 'av1', 'ulpfec', 'red']);
    expect(camera?.rids).toEqual(['q', 'h', 'f']);
    expect(camera?.ssrcs.map(({ rtxSsrc }) => rtxSsrc)).toEqual([0, 0, 0].map(() => expect.any(Number)));
    const again = read('firefox-v1-publishing-again').sections.slice(-2);
    expect(again.map(({ rejected, direction }) => `${rejected} ${direction}`)).toEqual([
      'false inactive',
      'false sendonly',
    ]);
  });

  it('of Safari: H264 before VP8', () => {
    const video = sectionAt(read('safari-shaped-publishing'), 1);
    expect(video.codecs.map(({ name }) => name)).toEqual([
      'h264',
      'h264',
      'h264',
      'h264',
      'h265',
      'vp8',
      'vp9',
      'vp9',
      'red',
      'ulpfec',
    ]);
    expect(video.ssrcs).toEqual([{ ssrc: 3_208_129_871, rtxSsrc: 1_027_765_342, cname: 'cX6b7Uq1dHk0Lw2P' }]);
  });
});

describe('a description', () => {
  it('takes direction, credentials and fingerprint of the session where a section has none', () => {
    const moved = minimal()
      .replace('a=setup:actpass\r\n', '')
      .replace('t=0 0\r\n', 't=0 0\r\na=recvonly\r\na=setup:passive\r\n');
    expect(parse(moved).sections[0]?.direction).toBe('recvonly');
    expect(parse(moved).transport.setup).toBe('passive');
  });

  it('is read with bare line feeds and without the last one', () => {
    const sdp = minimal('a=sendonly');
    expect(parse(sdp.replaceAll('\r\n', '\n').trimEnd())).toEqual(parse(sdp));
  });

  it('takes the transport of the section that carries the bundle', () => {
    const rejected = 'm=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=ice-ufrag:WRONG\r\nm=audio';
    const sdp = minimal().replace('m=audio', rejected);
    expect(parse(sdp).transport.iceUfrag).toBe('abcd');
    expect(parse(sdp).sections[0]).toMatchObject({ mid: 'v', rejected: true, codecs: [] });
  });

  it('prefers a SHA-256 fingerprint over another', () => {
    const sdp = minimal().replace(
      'a=fingerprint',
      `a=fingerprint:sha-1 ${'CD:'.repeat(19)}CD\r\na=fingerprint`,
    );
    expect(parse(sdp).transport.fingerprint.algorithm).toBe('sha-256');
  });

  it('keeps candidates that UDP can use, up to the limit', () => {
    const udp = Array.from(
      { length: 100 },
      (_, index) => `a=candidate:${index} 1 UDP 1 192.0.2.1 ${9000 + index} typ host`,
    );
    const tcp = 'a=candidate:7 1 tcp 1 192.0.2.1 9 typ host tcptype active';
    const { candidates } = parse(minimal(tcp, 'a=candidate:x', ...udp)).transport;
    expect(candidates).toHaveLength(defaultLimits.maxCandidates);
    expect(candidates[0]).toBe('candidate:0 1 UDP 1 192.0.2.1 9000 typ host');
  });

  it('knows layers only from `send`, paused ones among them', () => {
    const sdp = minimal('a=rid:a send', 'a=rid:b send', 'a=rid:c recv', 'a=simulcast:recv c send ~b;a,x');
    expect(parse(sdp).sections[0]?.rids).toEqual(['b', 'a']);
    expect(parse(minimal('a=rid:a send', 'a=rid:b send')).sections[0]?.rids).toEqual(['a', 'b']);
  });

  it('gives feedback of `*` to every codec', () => {
    expect(
      parse(minimal('a=rtcp-fb:* nack', 'a=rtcp-fb:111 transport-cc')).sections[0]?.codecs[0]?.feedback,
    ).toEqual(['nack', 'transport-cc']);
  });
});

describe('a description is refused', () => {
  const video = (mid: number) => `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:${mid}\r\na=inactive\r\n`;
  const bombs: Record<string, [sdp: string, why: RegExp]> = {
    'when it is empty': ['', /no version/],
    'without media': ['v=0\r\ns=-\r\n', /no media section in use/],
    'when all its sections are rejected': [
      minimal().replace('audio 9', 'audio 0'),
      /no media section in use/,
    ],
    'without ICE credentials': [minimal().replace('a=ice-pwd', 'a=x'), /ICE/],
    'with credentials that break lines': [minimal().replace('abcd', 'ab\rcd'), /control character/],
    'without fingerprint': [minimal().replace('a=fingerprint', 'a=x'), /fingerprint/],
    'with a fingerprint that is none': [minimal().replace('AB:AB', 'XY:AB'), /fingerprint/],
    'with an unknown role': [minimal().replace('actpass', 'holdconn'), /role/],
    'with an unknown kind of media': [minimal('m=text 9 RTP/AVP 1', 'a=mid:1'), /kind of media/],
    'when a section in use has no mid': [minimal('m=video 9 RTP/AVP 1'), /mid/],
    'with a mid that is no token': [minimal().replace('mid:0', 'mid:a b'), /mid/],
    'when two sections share a mid': [minimal('m=video 9 RTP/AVP 1', 'a=mid:0'), /same mid/],
    'with a media line without port': [minimal('m=video x RTP/AVP 1'), /port/],
    'with thousands of sections': [
      minimal() + Array.from({ length: 3000 }, (_, index) => video(index + 1)).join(''),
      /too many media sections/,
    ],
    'with thousands of candidates': [
      minimal(...Array<string>(3000).fill('a=candidate:1 1 udp 1 192.0.2.1 9 typ host')),
      /too many candidates/,
    ],
    'with thousands of streams': [
      minimal(...Array.from({ length: 3000 }, (_, index) => `a=ssrc:${index} cname:x`)),
      /too many streams/,
    ],
    'with thousands of groups of streams': [
      minimal(...Array.from({ length: 3000 }, (_, index) => `a=ssrc-group:FID ${index} ${index + 9999}`)),
      /too many streams/,
    ],
    'with hundreds of layers': [
      minimal(...Array.from({ length: 300 }, (_, index) => `a=rid:r${index} send`)),
      /too many layers/,
    ],
    'with hundreds of extensions': [
      minimal(...Array.from({ length: 255 }, (_, index) => `a=extmap:${index + 1} urn:x`)),
      /too many header extensions/,
    ],
    'with endless feedback': [
      minimal(...Array.from({ length: 3000 }, (_, index) => `a=rtcp-fb:111 x${index}`)),
      /too much feedback/,
    ],
    'with an endless line': [minimal(`a=msid:${'x'.repeat(5000)}`), /line is too long/],
    'with megabytes': [minimal(`a=${'x\r\na='.repeat(1_000_000)}`), /too large/],
    'with fewer characters than the limit but more bytes': [
      minimal('a=x:øøøøøøøøøøøøøøøøøøø\r\n'.repeat(6500)),
      /too large/,
    ],
  };
  for (const [name, [sdp, why]] of Object.entries(bombs)) {
    it(name, () => expect(refusalOf(sdp)).toMatch(why));
  }

  it('without saying what stood in it', () => {
    expect(refusalOf(minimal().replace('actpass', 'secret-word'))).not.toContain('secret-word');
  });
});

describe('arbitrary text', () => {
  it('is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `v=0\r\n${text}`),
        ),
        (text) => {
          refusalOf(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('made of real lines in any order, with any damage, is read or refused, and nothing else', () => {
    const lines = [
      ...new Set(
        (
          ['chromium-v1-publishing', 'firefox-shaped-publishing', 'safari-shaped-publishing'] as const
        ).flatMap((name) => fixture(name).split('\r\n')),
      ),
    ];
    const damaged = fc
      .tuple(fc.constantFrom(...lines), fc.nat(80), fc.string({ maxLength: 4 }), fc.boolean())
      .map(([line, at, text, isDamaged]) =>
        isDamaged ? line.slice(0, at) + text + line.slice(at + 1) : line,
      );
    fc.assert(
      fc.property(fc.array(damaged, { maxLength: 120 }), (chosen) => {
        refusalOf(['v=0', ...chosen].join('\r\n'));
        refusalOf(minimal(...chosen));
      }),
      { numRuns: 300 },
    );
  });

  // What a regular expression or a nested search would make quadratic: 256 kB of each has to be a matter of milliseconds.
  const repeated = [
    'a=x\n',
    'a=rid:\n',
    'm=audio 9 x\n',
    'a=ssrc:1\n',
    'a=extmap:1\n',
    '\n',
    'a',
    ' ',
    ':',
    ';',
    'a=simulcast:send ~;\n',
  ];
  for (const unit of repeated) {
    it(`costs linear time: ${JSON.stringify(unit)} over and over`, () => {
      const start = minimal();
      const sdp = start + unit.repeat((defaultLimits.maxSdpBytes - start.length) / unit.length);
      const begin = process.cpuUsage();
      refusalOf(sdp);
      expect(process.cpuUsage(begin).user / 1000).toBeLessThan(1000);
    });
  }
});
