import type { Call, Seat, Waiting } from '@naer/core/contract/calls';
import type { Talk } from '@naer/core/contract/talks';

let seats = 0;
const numbered = (n: number): string => `${n.toString(16).padStart(8, 'a')}-0c1e-4c55-8f58-2a8f7b1f6c01`;

/** A seat that nobody has come to yet, but for what the test says. */
export const seatOf = (facts: Partial<Seat> = {}): Seat => {
  seats += 1;
  return {
    id: numbered(seats),
    kind: 'citizen',
    role: null,
    initials: null,
    state: 'invited',
    since: '2026-11-23T07:30:00.000Z',
    waitingSince: null,
    present: false,
    gone: null,
    byPhone: false,
    tests: [],
    canEncrypt: null,
    exchange: { commitment: null, hostKey: null, publicKey: null, nonce: null, epoch: 0, wrappedKey: null },
    ...facts,
  };
};

/** The call of `visitOf()`, with citizen and worker, but for what the test says. */
export const callOf = (facts: Partial<Call> = {}): Call => ({
  id: '7a0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b22',
  visit: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  citizen: 'B-7TXKK',
  worker: 'BM13',
  state: 'prepared',
  opensAt: '2026-11-24T08:30:00.000Z',
  closesAt: '2026-11-24T13:20:00.000Z',
  encryption: null,
  aloneSince: null,
  seats: [seatOf({ kind: 'citizen' }), seatOf({ kind: 'worker', initials: 'BM13' })],
  failure: null,
  minutes: 0,
  ...facts,
});

export const waitingOf = (facts: Partial<Waiting> = {}): Waiting => ({
  visit: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  seat: '5d1b7c20-0c1e-4c55-8f58-2a8f7b1f6c01',
  citizen: 'B-7TXKK',
  kind: 'citizen',
  role: null,
  since: '2026-11-23T07:56:00.000Z',
  byPhone: false,
  plannedStartsAt: '2026-11-23T08:00:00.000Z',
  ...facts,
});

/** A citizen asked yesterday for a talk on Wednesday at ten, but for what the test says. */
export const talkOf = (facts: Partial<Talk> = {}): Talk => ({
  id: '6b1d2c3e-0c1e-4c55-8f58-2a8f7b1f6c02',
  citizen: 'B-7TXKK',
  worker: 'BM13',
  state: 'asked',
  wishedAt: '2026-11-25T09:00:00.000Z',
  askedAt: '2026-11-22T18:40:00.000Z',
  answeredAt: null,
  visit: null,
  ...facts,
});
