import type { CallPage, WeeklyPlan } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';
import type { StepState, TestsSnapshot } from '../device/codes.ts';
import type { KeysSnapshot } from '../keys/state.ts';
import type { CallSnapshot, Person } from '../media/state.ts';

const ids = {
  citizen: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  worker: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b12',
  guest: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b13',
  colleague: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b14',
};

/** A moment in Copenhagen's winter: `at(10, 2)` is Tuesday 24 November 2026, 10.02. */
export const at = (hour: number, minute: number, day = 24): string =>
  new Date(Date.UTC(2026, 10, day, hour - 1, minute)).toISOString();

const exchange = {
  commitment: null,
  hostKey: null,
  publicKey: null,
  nonce: null,
  epoch: 0,
  wrappedKey: null,
};

const seatOf = (over: Partial<Seat> & Pick<Seat, 'id' | 'kind'>): Seat => ({
  role: null,
  initials: null,
  state: 'invited',
  since: at(9, 50),
  waitingSince: null,
  present: false,
  gone: null,
  byPhone: false,
  tests: [],
  canEncrypt: null,
  exchange,
  ...over,
});

export const seats = {
  citizen: seatOf({
    id: ids.citizen,
    kind: 'citizen',
    state: 'admitted',
    present: true,
    waitingSince: at(9, 52),
    canEncrypt: true,
    tests: [
      { step: 'camera', outcome: 'good' },
      { step: 'microphone', outcome: 'weak' },
      { step: 'loudspeaker', outcome: 'good' },
      { step: 'network', outcome: 'good' },
    ],
  }),
  worker: seatOf({
    id: ids.worker,
    kind: 'worker',
    initials: 'MKJ',
    state: 'admitted',
    present: true,
    canEncrypt: true,
  }),
  guest: seatOf({
    id: ids.guest,
    kind: 'guest',
    role: 'caseworker',
    state: 'admitted',
    present: true,
    canEncrypt: true,
  }),
  colleague: seatOf({
    id: ids.colleague,
    kind: 'colleague',
    initials: 'LHS',
    state: 'admitted',
    present: true,
    canEncrypt: true,
  }),
};
export const waitingCitizen: Seat = { ...seats.citizen, state: 'waiting', present: false };

export const pageOf = (over: Partial<CallPage> = {}): CallPage => ({
  version: 3,
  now: at(10, 5),
  municipality: 'Viborg Kommune',
  isDemo: false,
  helpPhone: '+4570000000',
  acutePhone: '+45112',
  language: 'da',
  state: 'on',
  visit: {
    startsAt: at(10, 0),
    endsAt: at(10, 30),
    opensAt: at(9, 30),
    closesAt: at(14, 30),
    state: 'open',
    proposedBy: null,
    worker: 'Mette',
    purposes: [],
    agenda: null,
    next: { startsAt: at(10, 0, 30), channel: 'video' },
  },
  me: { seat: ids.citizen, kind: 'citizen', isHost: false, state: 'admitted', waitingSince: at(9, 52) },
  seats: [seats.worker, seats.citizen],
  encryption: 'end-to-end',
  aloneSince: at(10, 2),
  company: null,
  groundRules: { caller: 'worker', afterMinutes: 3, speakAgain: 'by-phone-at-once', phoneEnds: '42' },
  failure: null,
  minutes: null,
  plan: null,
  ...over,
});

export const hostPage = (over: Partial<CallPage> = {}): CallPage =>
  pageOf({
    me: { seat: ids.worker, kind: 'worker', isHost: true, state: 'admitted', waitingSince: null },
    visit: {
      ...pageOf().visit,
      purposes: ['smaller-bites', 'tapering'],
      agenda: 'Hvordan går det med søvnen?\nBrevet fra kommunen\nPlan for weekenden',
    },
    ...over,
  });

const stepOf = (step: StepState['step'], over: Partial<StepState> = {}): StepState => ({
  step,
  running: false,
  outcome: null,
  advice: null,
  trouble: null,
  ...over,
});

export const testsOf = (
  steps: Partial<Record<StepState['step'], Partial<StepState>>> = {},
  over: Partial<TestsSnapshot> = {},
): TestsSnapshot => ({
  platform: 'ipad',
  browser: 'safari',
  steps: {
    browser: stepOf('browser', { outcome: 'good', ...steps.browser }),
    camera: stepOf('camera', steps.camera),
    microphone: stepOf('microphone', steps.microphone),
    loudspeaker: stepOf('loudspeaker', steps.loudspeaker),
    network: stepOf('network', steps.network),
  },
  stream: null,
  level: 0,
  playing: false,
  cameraId: null,
  microphoneId: null,
  cameras: [],
  microphones: [],
  ...over,
});

export const personOf = (seat: Seat, over: Partial<Person> = {}): Person => ({
  seat: seat.id,
  camera: { id: `camera-${seat.id}`, live: true },
  screen: null,
  sound: 'on',
  speaking: false,
  quality: 'good',
  encrypted: true,
  undecodable: false,
  ...over,
});

const device = { state: 'on', trouble: null, deviceId: 'one' } as const;
export const callOf = (over: Partial<CallSnapshot> = {}): CallSnapshot => ({
  state: 'connected',
  reconnectingSince: null,
  ended: null,
  troubles: [],
  people: [personOf(seats.worker)],
  own: {
    camera: device,
    microphone: device,
    picture: { id: 'own', live: true },
    facing: 'user',
    sharing: false,
  },
  quality: 'good',
  chat: [],
  plan: { place: null, lookers: [] },
  encryption: 'end-to-end',
  needsTap: false,
  devices: {
    cameras: [
      { id: 'one', label: 'Frontkamera' },
      { id: 'two', label: 'Bagkamera' },
    ],
    microphones: [
      { id: 'one', label: 'iPad-mikrofon' },
      { id: 'two', label: 'Headset' },
    ],
    loudspeakers: [],
  },
  loudspeakerId: null,
  firstFrameAt: null,
  ...over,
});

export const keysOf = (seat: Seat, over: Partial<KeysSnapshot['seats'][number]> = {}): KeysSnapshot => ({
  seats: [{ seat: seat.id, progress: 'ready', code: '481 207', renewed: false, ...over }],
  epoch: 1,
});

export const chat: CallSnapshot['chat'] = [
  { id: '1', seat: ids.worker, text: 'Kan du høre mig nu?', at: Date.parse(at(10, 3)), failed: false },
  { id: '2', seat: null, text: 'Nej, men jeg kan se dig 🙂', at: Date.parse(at(10, 3)), failed: false },
  {
    id: '3',
    seat: ids.worker,
    text: 'Det er helt fint. Vi skriver bare her, mens det kommer på plads.',
    at: Date.parse(at(10, 4)),
    failed: false,
  },
];

export const weeklyPlan: WeeklyPlan = {
  id: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b21',
  format: 'pdf',
  pages: 2,
  bytes: 1_800,
  byCitizen: false,
  updatedAt: at(9, 40),
};
