import {
  AddTrackRequest,
  CandidateProtocol,
  DisconnectReason,
  SignalRequest,
  SignalTarget,
  SimulateScenario,
  TrackSource,
  TrackType,
  VideoQuality,
} from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import type { ClientMessage } from './client-messages.ts';
import { parseClientMessage } from './parse-client-message.ts';

/** A message as its plain object, the way the protobuf library takes it. */
type Wire = NonNullable<ConstructorParameters<typeof SignalRequest>[0]>['message'];

function parseBinary(bytes: Uint8Array): ClientMessage {
  return parseClientMessage(Buffer.from(bytes), true, defaultLimits);
}

/** Through both encodings of the wire, which have to mean the same. */
function parse(message: NonNullable<Wire>): ClientMessage {
  const request = new SignalRequest({ message });
  const fromBinary = parseBinary(request.toBinary());
  expect(parseClientMessage(Buffer.from(request.toJsonString()), false, defaultLimits)).toEqual(fromBinary);
  return fromBinary;
}

function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof MediaError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
  return 'taken';
}

describe('what a client says', () => {
  const cases: [name: string, wire: NonNullable<Wire>, means: ClientMessage][] = [
    [
      'an offer',
      { case: 'offer', value: { type: 'offer', sdp: 'v=0', id: 3, midToTrackId: { '0': 'cid' } } } as never,
      { kind: 'offer', description: { type: 'offer', sdp: 'v=0', id: 3, midToTrackId: { '0': 'cid' } } },
    ],
    [
      'an answer of a client that leaves the type out',
      { case: 'answer', value: { sdp: 'v=0' } } as never,
      { kind: 'answer', description: { type: 'answer', sdp: 'v=0', id: 0, midToTrackId: {} } },
    ],
    [
      'a candidate',
      {
        case: 'trickle',
        value: { candidateInit: '{"candidate":"candidate:1 1 udp"}', target: SignalTarget.SUBSCRIBER },
      } as never,
      { kind: 'trickle', target: 'subscriber', candidate: 'candidate:1 1 udp' },
    ],
    [
      'a candidate with the attribute’s prefix',
      { case: 'trickle', value: { candidateInit: '{"candidate":"a=candidate:1 1 udp"}' } } as never,
      { kind: 'trickle', target: 'publisher', candidate: 'candidate:1 1 udp' },
    ],
    [
      'the end of candidates',
      { case: 'trickle', value: { candidateInit: '{"candidate":"","sdpMid":"0"}' } } as never,
      { kind: 'trickle', target: 'publisher', candidate: null },
    ],
    [
      'the end of candidates without any',
      { case: 'trickle', value: { final: true } } as never,
      { kind: 'trickle', target: 'publisher', candidate: null },
    ],
    [
      'muting',
      { case: 'mute', value: { sid: 'TR_a', muted: true } } as never,
      { kind: 'mute', trackSid: 'TR_a', muted: true },
    ],
    [
      'subscribing, to tracks of both ways of naming them, each once',
      {
        case: 'subscription',
        value: {
          trackSids: ['TR_a'],
          subscribe: true,
          participantTracks: [{ participantSid: 'PA_b', trackSids: ['TR_b', 'TR_a'] }],
        },
      } as never,
      { kind: 'subscription', trackSids: ['TR_a', 'TR_b'], subscribe: true },
    ],
    [
      'what the page shows',
      {
        case: 'trackSetting',
        value: {
          trackSids: ['TR_a'],
          quality: VideoQuality.MEDIUM,
          width: 640,
          height: 360,
          fps: 15,
          priority: 2,
        },
      } as never,
      {
        kind: 'trackSetting',
        trackSids: ['TR_a'],
        disabled: false,
        quality: 1,
        width: 640,
        height: 360,
        fps: 15,
        priority: 2,
      },
    ],
    [
      'quality off as disabled',
      { case: 'trackSetting', value: { trackSids: [], quality: VideoQuality.OFF } } as never,
      {
        kind: 'trackSetting',
        trackSids: [],
        disabled: true,
        quality: 0,
        width: 0,
        height: 0,
        fps: 0,
        priority: 0,
      },
    ],
    [
      'leaving',
      { case: 'leave', value: { reason: DisconnectReason.CLIENT_INITIATED } } as never,
      { kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED },
    ],
    [
      'leaving for a reason of the future',
      { case: 'leave', value: { reason: 99 } } as never,
      { kind: 'leave', reason: DisconnectReason.UNKNOWN_REASON },
    ],
    [
      'who may subscribe',
      {
        case: 'subscriptionPermission',
        value: {
          allParticipants: false,
          trackPermissions: [{ participantIdentity: 'ada', trackSids: ['TR_a', 'TR_a'] }],
        },
      } as never,
      {
        kind: 'subscriptionPermission',
        allParticipants: false,
        trackPermissions: [
          { participantSid: '', participantIdentity: 'ada', allTracks: false, trackSids: ['TR_a'] },
        ],
      },
    ],
    [
      'its state when it comes back',
      {
        case: 'syncState',
        value: {
          answer: { type: 'answer', sdp: 'v=0' },
          offer: { type: 'offer', sdp: '' },
          subscription: { trackSids: ['TR_a'], subscribe: false },
          publishTracks: [{ cid: 'c', track: { sid: 'TR_b' } }],
          trackSidsDisabled: ['TR_c'],
        },
      } as never,
      {
        kind: 'syncState',
        offer: null,
        answer: { type: 'answer', sdp: 'v=0', id: 0, midToTrackId: {} },
        subscription: { trackSids: ['TR_a'], subscribe: false },
        publishTracks: [{ cid: 'c', trackSid: 'TR_b' }],
        disabledTrackSids: ['TR_c'],
      },
    ],
    ['a ping', { case: 'ping', value: 7n }, { kind: 'ping', timestamp: 7n }],
    [
      'a ping with its round trip',
      { case: 'pingReq', value: { timestamp: 7n, rtt: 20n } } as never,
      { kind: 'pingReq', timestamp: 7n, rtt: 20n },
    ],
    [
      'new metadata',
      {
        case: 'updateMetadata',
        value: { metadata: '{}', name: 'Ada', attributes: { a: '' }, requestId: 4 },
      } as never,
      { kind: 'updateMetadata', requestId: 4, name: 'Ada', metadata: '{}', attributes: { a: '' } },
    ],
    [
      'features of its microphone, those that are known and each once',
      { case: 'updateAudioTrack', value: { trackSid: 'TR_a', features: [3, 3, 4] } } as never,
      { kind: 'updateAudioTrack', trackSid: 'TR_a', features: [3, 4] },
    ],
    [
      'the size of its camera',
      { case: 'updateVideoTrack', value: { trackSid: 'TR_a', width: 1280, height: 720 } } as never,
      { kind: 'updateVideoTrack', trackSid: 'TR_a', width: 1280, height: 720 },
    ],
    [
      'deprecated layers',
      { case: 'updateLayers', value: { trackSid: 'TR_a' } } as never,
      { kind: 'unsupported', case: 'updateLayers', requestId: 0 },
    ],
    [
      'a data track',
      { case: 'publishDataTrackRequest', value: { pubHandle: 1 } } as never,
      { kind: 'unsupported', case: 'publishDataTrackRequest', requestId: 0 },
    ],
    [
      'a blob, with the number under which it wants its answer',
      { case: 'getDataBlobRequest', value: { requestId: 5 } } as never,
      { kind: 'unsupported', case: 'getDataBlobRequest', requestId: 5 },
    ],
  ];
  it.each(cases)('is understood: %s', (_, wire, means) => {
    expect(parse(wire)).toEqual(means);
  });

  it.each([
    [
      { case: 'speakerUpdate', value: 3 },
      { kind: 'speakers', seconds: 3 },
    ],
    [{ case: 'nodeFailure', value: true }, { kind: 'nodeFailure' }],
    [{ case: 'migration', value: true }, { kind: 'migration' }],
    [{ case: 'serverLeave', value: true }, { kind: 'serverLeave' }],
    [
      { case: 'switchCandidateProtocol', value: CandidateProtocol.TLS },
      { kind: 'candidateProtocol', protocol: 'tls' },
    ],
    [
      { case: 'subscriberBandwidth', value: 100_000n },
      { kind: 'subscriberBandwidth', bitsPerSecond: 100_000 },
    ],
    [{ case: 'disconnectSignalOnResume', value: true }, { kind: 'disconnectSignalOnResume' }],
    [
      { case: 'disconnectSignalOnResumeNoMessages', value: true },
      { kind: 'disconnectSignalOnResumeNoMessages' },
    ],
    [{ case: 'leaveRequestFullReconnect', value: true }, { kind: 'leaveRequestFullReconnect' }],
  ] as const)('is acted out: %o', (scenario, means) => {
    expect(parse({ case: 'simulate', value: new SimulateScenario({ scenario }) })).toEqual({
      kind: 'simulate',
      scenario: means,
    });
  });

  it('is a track to publish', () => {
    const value = new AddTrackRequest({ cid: 'c', type: TrackType.AUDIO, source: TrackSource.MICROPHONE });
    const message = parse({ case: 'addTrack', value });
    expect(message).toMatchObject({
      kind: 'addTrack',
      request: { cid: 'c', kind: 'audio', source: 'microphone' },
    });
  });

  it('is unsupported when the track is neither audio nor video', () => {
    const value = new AddTrackRequest({ cid: 'c', type: TrackType.DATA });
    expect(parse({ case: 'addTrack', value })).toEqual({
      kind: 'unsupported',
      case: 'addTrack',
      requestId: 0,
    });
  });

  it('is unsupported when it says nothing, or what only newer servers know', () => {
    const nothing = { kind: 'unsupported', case: '', requestId: 0 };
    expect(parseBinary(new Uint8Array())).toEqual(nothing);
    // Field 1000, length 1.
    expect(parseBinary(Uint8Array.of(0xc2, 0x3e, 1, 7))).toEqual(nothing);
    expect(parseClientMessage(Buffer.from('{"newThing":{"a":1}}'), false, defaultLimits)).toEqual(nothing);
  });
});

describe('a message is refused', () => {
  const long = 'x'.repeat(defaultLimits.maxNameLength + 1);
  const many = Array.from({ length: 1025 }, (_, index) => `TR_${index}`);
  it.each([
    [
      'when it is larger than the limit',
      { case: 'offer', value: { sdp: 'x'.repeat(defaultLimits.maxSignalBytes) } },
    ],
    [
      'when its SDP is larger than the limit',
      { case: 'offer', value: { sdp: 'x'.repeat(defaultLimits.maxSdpBytes + 1) } },
    ],
    ['when an offer is an answer', { case: 'offer', value: { type: 'answer', sdp: '' } }],
    ['when a description rolls back', { case: 'answer', value: { type: 'rollback' } }],
    ['when a candidate is no JSON', { case: 'trickle', value: { candidateInit: 'candidate:1' } }],
    ['when a candidate is no object', { case: 'trickle', value: { candidateInit: 'null' } }],
    ['when a candidate is a number', { case: 'trickle', value: { candidateInit: '{"candidate":1}' } }],
    [
      'when a candidate breaks the line',
      { case: 'trickle', value: { candidateInit: '{"candidate":"candidate:1\\r\\na=x"}' } },
    ],
    ['when a candidate is endless', { case: 'trickle', value: { candidateInit: `"${'x'.repeat(3000)}"` } }],
    ['when a candidate goes nowhere', { case: 'trickle', value: { candidateInit: '{}', target: 2 } }],
    ['when a sid is too long', { case: 'mute', value: { sid: long } }],
    ['when there are too many sids', { case: 'subscription', value: { trackSids: many } }],
    [
      'when there are too many sids by participant',
      { case: 'subscription', value: { participantTracks: many.map((sid) => ({ trackSids: [sid] })) } },
    ],
    ['when a quality is unknown', { case: 'trackSetting', value: { quality: 4 } }],
    ['when a size is absurd', { case: 'trackSetting', value: { width: 4_000_000_000 } }],
    ['when a frame rate is absurd', { case: 'trackSetting', value: { fps: 4_000_000_000 } }],
    [
      'when permissions name too many tracks',
      { case: 'subscriptionPermission', value: { trackPermissions: [{ trackSids: many }] } },
    ],
    ['when a name is too long', { case: 'updateMetadata', value: { name: long } }],
    ['when metadata are too large', { case: 'updateMetadata', value: { metadata: 'ø'.repeat(40_000) } }],
    [
      'when attributes are too large',
      { case: 'updateMetadata', value: { attributes: { a: 'ø'.repeat(40_000) } } },
    ],
    [
      'when it shall act for hours',
      { case: 'simulate', value: { scenario: { case: 'speakerUpdate', value: 3600 } } },
    ],
    [
      'when it acts backwards',
      { case: 'simulate', value: { scenario: { case: 'speakerUpdate', value: -1 } } },
    ],
  ])('%s', (_, message) => {
    const bytes = new SignalRequest({ message: message as never }).toBinary();
    expect(refusalOf(() => parseBinary(bytes))).not.toBe('taken');
  });

  it('when it is no message', () => {
    expect(refusalOf(() => parseBinary(Uint8Array.of(0x0a, 0xff)))).toBe('message cannot be read');
    for (const text of ['', '[]', '"ping"', '{"ping":{}}', '{']) {
      expect(refusalOf(() => parseClientMessage(Buffer.from(text), false, defaultLimits))).toBe(
        'message cannot be read',
      );
    }
  });

  it('when it is nested without end', () => {
    // `a3 06` opens a group of field 100, which nobody knows, inside of the last one.
    const groups = Buffer.alloc(400_000, 'a306', 'hex');
    expect(refusalOf(() => parseBinary(groups))).toBe('message cannot be read');
    const fewer = Buffer.from('['.repeat(9_000));
    expect(refusalOf(() => parseClientMessage(fewer, false, defaultLimits))).toBe('message cannot be read');
    const arrays = Buffer.from('['.repeat(400_000));
    expect(refusalOf(() => parseClientMessage(arrays, false, defaultLimits))).toMatch(/more than/);
  });

  it('without quoting what it said', () => {
    const bytes = new SignalRequest({
      message: { case: 'mute', value: { sid: `secret${long}` } } as never,
    }).toBinary();
    expect(refusalOf(() => parseBinary(bytes))).toBe('sid is longer than 256 characters');
  });
});

it('keys of attributes that JavaScript has a meaning for are keys like others', () => {
  const bytes = Buffer.from('{"updateMetadata":{"attributes":{"constructor":"x","toString":"y"}}}');
  const message = parseClientMessage(bytes, false, defaultLimits);
  if (message.kind !== 'updateMetadata') throw new Error(message.kind);
  expect(Object.entries(message.attributes)).toEqual([
    ['constructor', 'x'],
    ['toString', 'y'],
  ]);
  expect(Object.getPrototypeOf(message.attributes)).toBe(Object.prototype);
});

describe('a frame as large as frames may be costs a moment, whatever is in it', () => {
  // Tags and lengths that cost the sender two to six bytes and the reader an object each.
  const units: Record<string, Buffer> = {
    'empty sids of a subscription': Buffer.of(0x0a, 0x00),
    'empty participants of a subscription': Buffer.of(0x1a, 0x00),
    attributes: Buffer.of(0x1a, 0x04, 0x0a, 0x00, 0x12, 0x00),
    'groups in groups': Buffer.of(0xa3, 0x06),
    'fields that nobody knows': Buffer.of(0xa0, 0x06, 0x01),
  };
  for (const [name, unit] of Object.entries(units)) {
    it(name, () => {
      const body = Buffer.alloc(
        defaultLimits.maxSignalBytes - 16 - (defaultLimits.maxSignalBytes % unit.length),
        unit,
      );
      for (const field of SignalRequest.fields.list()) {
        if (field.kind !== 'message') continue;
        const length: number[] = [];
        for (let rest = body.length; rest > 0; rest >>>= 7)
          length.push((rest & 127) | (rest > 127 ? 128 : 0));
        const tag = (field.no << 3) | 2;
        const head = tag > 127 ? [(tag & 127) | 128, tag >>> 7] : [tag];
        const begin = process.cpuUsage();
        refusalOf(() => parseBinary(Buffer.concat([Buffer.from([...head, ...length]), body])));
        expect(process.cpuUsage(begin).user / 1000, field.name).toBeLessThan(500);
      }
    });
  }
});

it('JSON of half a megabyte of empty objects is refused before it is read', () => {
  const text = `{"syncState":{"publishTracks":[${'{},'.repeat(150_000)}{}]}}`;
  expect(refusalOf(() => parseClientMessage(Buffer.from(text), false, defaultLimits))).toMatch(/more than/);
});

describe('arbitrary frames', () => {
  it('of bytes are understood or refused, and nothing else', () => {
    const tagged = fc
      .tuple(
        fc.integer({ min: 0, max: 25 }),
        fc.constantFrom(0, 1, 2, 3, 4, 5),
        fc.uint8Array({ maxLength: 60 }),
      )
      .map(([field, type, rest]) =>
        Buffer.concat([Buffer.of(((field << 3) | type) & 0x7f, rest.length), rest]),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), tagged), (bytes) => {
        refusalOf(() => parseBinary(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('of JSON are understood or refused, and nothing else', () => {
    const names = SignalRequest.fields.list().map(({ jsonName }) => jsonName);
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.record({ name: fc.constantFrom(...names), value: fc.jsonValue() })),
        (json) => {
          const text = typeof json === 'string' ? json : JSON.stringify({ [json.name]: json.value });
          refusalOf(() => parseClientMessage(Buffer.from(text), false, defaultLimits));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
