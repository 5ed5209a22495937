import type { CallPage } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallApi } from './api.ts';
import type { CallSnapshot, EndReason, MediaWish } from './media/state.ts';
import { type FailureCode, RequestFailure } from './request-failure.ts';
import { type DrivenCall, Session, type StartCall } from './session.ts';
import { Observed } from './store.ts';
import { aPage, aSeat, citizenId, hostId } from './testing/pages.ts';

const wish: MediaWish = { camera: true, microphone: true };

let page: CallPage;
let calls: string[];
let failing: Map<string, FailureCode>;
/** What was promised with each `wait`. */
let commitments: (string | null)[];
let started: StartCall[];
let ended: string[];
/** Ends the newest call, as the media server does. */
let end: (reason: EndReason) => void;
let encryptions: string[];
let kept: MediaWish | null;
let tellWatcher: ((page: CallPage) => void) | null;
let failWatcher: ((failure: RequestFailure) => void) | null;
let session: Session;
let loads: () => Promise<void>;
let newPages: number;
let newPage: () => Promise<void>;

function change(changes: Partial<CallPage>, mine: Partial<CallPage['me']> = {}): CallPage {
  page = { ...page, ...changes, me: { ...page.me, ...mine }, version: page.version + 1 };
  return page;
}

/** Something happened at the service; whoever watches is told. */
async function happens(changes: Partial<CallPage>, mine: Partial<CallPage['me']> = {}) {
  const told = change(changes, mine);
  tellWatcher?.(told);
  await vi.advanceTimersByTimeAsync(1);
}

/** The seats as they are, with what the citizen's page promised. */
const seatsWith = (commitment: string | null): Seat[] =>
  page.seats.map((seat) =>
    seat.id === citizenId ? { ...seat, exchange: { ...seat.exchange, commitment } } : seat,
  );

function fakeApi(): CallApi {
  const act = async <T>(name: string, answer: () => T): Promise<T> => {
    calls.push(name);
    const code = failing.get(name);
    if (code !== undefined) throw new RequestFailure(code);
    return answer();
  };
  return {
    open: () => act('open', () => page),
    watch: (_, signal) =>
      new Promise((resolve, reject) => {
        tellWatcher = resolve;
        failWatcher = reject;
        signal?.addEventListener('abort', () => reject(new RequestFailure('service_down')));
      }),
    reportTests: () => act('reportTests', () => page),
    wait: ({ canEncrypt, commitment }) =>
      act(`wait ${canEncrypt}`, () => {
        commitments.push(commitment);
        return change(
          { seats: seatsWith(commitment) },
          { state: page.me.state === 'admitted' ? 'admitted' : 'waiting' },
        );
      }),
    revealKey: () => act('revealKey', () => page),
    giveKeys: () => act('giveKeys', () => page),
    admit: (seat, refuse = false) => act(`admit ${seat} ${refuse}`, () => page),
    enter: (encryption) =>
      act(`enter ${encryption}`, () => ({ url: 'ws://x', token: 't', identity: citizenId })),
    tryNetwork: () => act('tryNetwork', () => ({ url: 'ws://x', token: 't' })),
    leave: (leaving = false) => act(leaving ? 'leave at last' : 'leave', () => change({}, { state: 'left' })),
    declareAlone: () => act('declareAlone', () => page),
    tellCompany: () => act('declareAlone', () => page),
    keepPlan: () => act('keepPlan', () => page),
    readPlan: () => act('readPlan', () => new Blob(['%PDF-'])),
    removePlan: () => act('removePlan', () => page),
    reportTrouble: ({ step, giveUp, diagnostics }) =>
      act(`trouble ${step} ${giveUp} ${diagnostics.device} ${diagnostics.lastError}`, () => page),
    readPhone: () => act('readPhone', () => ({ phone: '20000000' })),
    answerWorked: () => act('answerWorked', () => page),
    finish: () => act('finish', () => page),
    prepare: () => act('prepare', () => page),
    answerProposal: () => act('answerProposal', () => page),
    talk: () => act('talk', () => talk),
    askTalk: () => act('askTalk', () => talk),
    withdrawTalk: () => act('withdrawTalk', () => talk),
    askNewLink: () => act('askNewLink', () => ({ asked: true })),
  };
}

const talk = { worker: 'Mette', asked: null, times: [] };
const snapshot: CallSnapshot = {
  state: 'connected',
  reconnectingSince: null,
  ended: null,
  troubles: [],
  people: [],
  own: {
    camera: { state: 'on', trouble: null, deviceId: null },
    microphone: { state: 'on', trouble: null, deviceId: null },
    picture: null,
    facing: 'user',
    sharing: false,
  },
  quality: 'good',
  chat: [],
  plan: { place: null, lookers: [] },
  encryption: null,
  needsTap: false,
  devices: { cameras: [], microphones: [], loudspeakers: [] },
  loudspeakerId: null,
  firstFrameAt: null,
};

function fakeCall(): DrivenCall {
  const nothing = async () => {};
  const store = new Observed<CallSnapshot>(snapshot);
  end = (reason) => {
    if (store.getSnapshot().ended !== null) return;
    ended.push(reason);
    store.change({ state: 'ended', ended: reason });
  };
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    setCamera: nothing,
    setMicrophone: nothing,
    turnCamera: nothing,
    setSharing: async () => true,
    useDevice: nothing,
    say: nothing,
    sayAgain: nothing,
    plan: { look: nothing, turn: nothing, leave: nothing },
    startSound: nothing,
    show: () => () => {},
    setKey: nothing,
    setEncryption: async (encryption) => void encryptions.push(encryption),
    end,
    measured: () => ({ roundTripMs: 40, lossPercent: 1, codecs: ['opus'], lastError: 'NotReadableError' }),
  };
}

function make(options: { canEncrypt?: boolean; hasLink?: boolean } = {}): Session {
  session = new Session({
    api: fakeApi(),
    hasLink: options.hasLink ?? true,
    canEncrypt: options.canEncrypt ?? false,
    crypto,
    agent: { userAgent: 'Mozilla/5.0 (iPad; CPU OS 16_4 like Mac OS X)', maxTouchPoints: 5 },
    codecs: () => ['opus', 'h264'],
    now: Date.now,
    random: () => 1,
    startCall: async (start) => {
      await loads();
      started.push(start);
      return fakeCall();
    },
    takeNewPage: async () => {
      newPages += 1;
      await newPage();
    },
    makeReady: () => {},
    kept: {
      read: () => kept,
      write: (next) => {
        kept = next;
      },
    },
  });
  return session;
}

const now = () => session.getSnapshot();

beforeEach(() => {
  vi.useFakeTimers();
  page = aPage(citizenId, [aSeat(citizenId, 'citizen'), aSeat(hostId, 'worker')]);
  newPages = 0;
  newPage = async () => {};
  calls = [];
  commitments = [];
  failing = new Map();
  started = [];
  ended = [];
  encryptions = [];
  kept = null;
  tellWatcher = null;
  failWatcher = null;
  loads = async () => {};
});

afterEach(() => {
  session.close();
  vi.useRealTimers();
});

describe('the session of a page', () => {
  it('opens its link, waits, and comes in by itself once it is let in', async () => {
    await make().open();
    expect(now()).toMatchObject({ phase: 'open', wantsIn: false });
    await session.wait(wish);
    expect(now().page?.me.state).toBe('waiting');
    expect(started).toEqual([]);
    await happens({}, { state: 'admitted' });
    expect(started).toHaveLength(1);
    expect(now().call).not.toBeNull();
    await happens({ encryption: 'in-transit' });
    await happens({});
    expect(started).toHaveLength(1);
    expect(encryptions.at(-1)).toBe('in-transit');
  });

  it('says that the address holds no link, and asks the service nothing', async () => {
    await make({ hasLink: false }).open();
    expect(now().phase).toBe('no-link');
    expect(calls).toEqual([]);
  });

  it.each(['link_not_valid', 'link_in_use', 'link_pin'] as const)(
    'tells %s as the reason why it does not open',
    async (code) => {
      failing.set('open', code);
      await make().open();
      expect(now()).toMatchObject({ phase: 'refused', refusal: { code } });
      failing.clear();
      await session.open({ pin: '1234' });
      expect(now()).toMatchObject({ phase: 'open', refusal: null });
    },
  );

  it('keeps trying to open while the service cannot be reached, and says since when', async () => {
    failing.set('open', 'service_down');
    const since = Date.now();
    const opened = make().open();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(now()).toMatchObject({ phase: 'opening', service: { state: 'unreachable', since } });
    failing.clear();
    await vi.advanceTimersByTimeAsync(8_000);
    await opened;
    expect(now()).toMatchObject({ phase: 'open', service: { state: 'reached' } });
  });

  it('is in again after a reload, without anybody pressing anything', async () => {
    kept = wish;
    change({ state: 'on' }, { state: 'admitted' });
    await make().open();
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toContain('wait false');
    expect(started).toHaveLength(1);
  });

  it('does not come in again after a reload when one had hung up, or the call is over', async () => {
    change({ state: 'on' }, { state: 'left' });
    await make().open();
    expect(calls).toEqual(['open']);
    session.close();
    kept = wish;
    change({ state: 'ended' });
    await make().open();
    expect(calls).toEqual(['open', 'open']);
  });

  it('hangs up at once, also where the service is away, and does not come in again', async () => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    failing.set('leave', 'service_down');
    await session.hangUp();
    expect(ended).toEqual(['hung-up']);
    expect(now()).toMatchObject({ hungUp: true, wantsIn: false });
    expect(kept).toBeNull();
    await happens({});
    expect(started).toHaveLength(1);
    failing.clear();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(now().page?.me.state).toBe('left');
    const said = calls.filter((call) => call === 'leave').length;
    await happens({});
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls.filter((call) => call === 'leave')).toHaveLength(said);
  });

  it('says with its last breath that one hung up, where the service had not heard of it', async () => {
    await make().open();
    await session.wait(wish);
    failing.set('leave', 'offline');
    await session.hangUp();
    session.leavePage();
    expect(calls.at(-1)).toBe('leave at last');
  });

  it('says nothing of it where one goes without having hung up, or was heard', async () => {
    await make().open();
    await session.wait(wish);
    session.leavePage();
    await make().open();
    await session.wait(wish);
    await session.hangUp();
    session.leavePage();
    expect(calls).not.toContain('leave at last');
  });

  it('comes in again with what was on, after hanging up as after a reload', async () => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    const without = { camera: false, microphone: true, cameraId: 'front' };
    started[0]?.wished(without);
    await session.hangUp();
    await session.comeBack();
    await happens({}, { state: 'admitted' });
    expect(started.at(-1)?.wish).toEqual(without);

    session.leavePage();
    await make().open();
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(3);
    expect(started.at(-1)?.wish).toEqual(without);
  });

  it('comes in anew in place of a call that went wrong, and not beside it', async () => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await session.comeBack();
    expect(ended).toEqual(['vanished']);
    expect(started).toHaveLength(2);
  });

  it('does not say that one waits where the service said no, and tells why', async () => {
    await make().open();
    failing.set('wait false', 'call_not_open');
    await session.wait(wish);
    expect(now()).toMatchObject({ wantsIn: false, lastFailure: { code: 'call_not_open' } });
    expect(kept).toBeNull();
    failing.clear();
    await session.wait(wish);
    expect(now()).toMatchObject({ wantsIn: true, lastFailure: null });
  });

  it('goes on asking for a place where the service did not answer', async () => {
    await make().open();
    failing.set('wait false', 'service_down');
    await session.wait(wish);
    expect(now()).toMatchObject({ wantsIn: true, lastFailure: { code: 'service_down' } });
    failing.clear();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(now()).toMatchObject({ wantsIn: true, lastFailure: null, page: { me: { state: 'waiting' } } });
  });

  it('can come back after hanging up by mistake', async () => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await session.hangUp();
    await session.comeBack();
    await happens({}, { state: 'admitted' });
    expect(started).toHaveLength(2);
    expect(now()).toMatchObject({ hungUp: false, wantsIn: true });
  });

  it('hangs up also where it was pressed while the call was being loaded', async () => {
    let loaded = () => {};
    loads = () =>
      new Promise((resolve) => {
        loaded = resolve;
      });
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await session.hangUp();
    loaded();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toEqual(['hung-up']);
    expect(now().call).toBeNull();
  });

  it('takes a new page where what a call needs could not be loaded, and goes on saying so until then', async () => {
    loads = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    expect(now().entering).toEqual({ running: false, failure: 'service-down' });
    expect(newPages).toBe(1);
    expect(kept).toEqual(wish);
    const shown = new Set<string | null>();
    session.subscribe(() => shown.add(now().entering.failure));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([...shown]).toEqual(['service-down']);
    expect(newPages).toBeGreaterThan(1);
    // Pressed by somebody, it shows that it tries.
    let loaded = () => {};
    loads = () =>
      new Promise((resolve) => {
        loaded = resolve;
      });
    await session.comeBack();
    expect(now().entering).toEqual({ running: true, failure: null });
    loaded();
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(1);
  });

  it('tries nothing more once it is closed, whatever it waited for', async () => {
    let gone = () => {};
    newPage = () =>
      new Promise((resolve) => {
        gone = resolve;
      });
    let loaded = 0;
    loads = () => {
      loaded += 1;
      return Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
    };
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    session.close();
    gone();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(loaded).toBe(1);
  });

  it('waits again by itself where the service thinks that it has gone', async () => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await happens({}, { state: 'left' });
    expect(calls.filter((call) => call === 'wait false')).toHaveLength(2);
  });

  it('ends the call on this side when the service says that it is over', async () => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await happens({ state: 'failed' });
    expect(ended).toEqual(['call-ended']);
    expect(now().wantsIn).toBe(false);
  });

  it('keeps what was shown last when the link ends after the call, but not before', async () => {
    await make().open();
    await happens({ state: 'ended' });
    failWatcher?.(new RequestFailure('link_not_valid'));
    await vi.advanceTimersByTimeAsync(1);
    expect(now().phase).toBe('open');
    session.close();

    change({ state: 'on' });
    await make().open();
    failWatcher?.(new RequestFailure('link_in_use'));
    await vi.advanceTimersByTimeAsync(1);
    expect(now()).toMatchObject({ phase: 'refused', refusal: { code: 'link_in_use' } });
  });

  it('begins its agreement on a key anew where the link was taken and is taken back', async () => {
    await make({ canEncrypt: true }).open();
    await session.wait(wish);
    failWatcher?.(new RequestFailure('link_in_use'));
    await vi.advanceTimersByTimeAsync(1);
    expect(now()).toMatchObject({ phase: 'refused', keys: { seats: [] } });
    await session.takeOver();
    expect(now().page?.me.state).toBe('waiting');
    expect(commitments.at(-1)).toEqual(expect.any(String));
    expect(commitments.at(-1)).not.toBe(commitments[0]);
  });

  it('stays out once another window of this browser is in, and waits for nobody any more', async () => {
    await make({ canEncrypt: true }).open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await happens({ seats: seatsWith('of the other window') });
    expect(ended).toEqual(['elsewhere']);
    expect(now()).toMatchObject({ phase: 'refused', refusal: { code: 'link_in_use' }, wantsIn: false });
    expect(kept).toBeNull();
    tellWatcher?.(change({}, { state: 'left' }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(commitments).toHaveLength(1);
    await session.takeOver();
    expect(started).toHaveLength(1);
    expect(now()).toMatchObject({ phase: 'open', wantsIn: true, page: { me: { state: 'waiting' } } });
  });

  it.each([
    ['elsewhere', 'refused'],
    ['removed', 'open'],
  ] as const)('does not wait again by itself after its call ended %s', async (reason, phase) => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    end(reason);
    expect(now()).toMatchObject({ phase, wantsIn: false });
    expect(kept).toBeNull();
    await happens({}, { state: 'left' });
    expect(calls.filter((call) => call === 'wait false')).toHaveLength(1);
  });

  it.each([
    ['link_in_use', 'elsewhere'],
    ['link_pin', 'removed'],
    ['link_not_valid', 'removed'],
  ] as const)('hears %s while coming in as well as while watching', async (code, reason) => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    failing.set('enter in-transit', code);
    await expect(started[0]?.enter()).rejects.toMatchObject({ code });
    expect(now()).toMatchObject({ phase: 'refused', refusal: { code }, wantsIn: false });
    expect(ended).toEqual([reason]);
  });

  it('is in again once the code was given that was asked for in the middle of a call', async () => {
    await make().open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    failWatcher?.(new RequestFailure('link_pin'));
    await vi.advanceTimersByTimeAsync(1);
    await session.open({ pin: '4711' });
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
    expect(now().call?.getSnapshot().ended).toBeNull();
  });

  it('offers end to end where it can, and never again once the call is in transit only', async () => {
    await make({ canEncrypt: true }).open();
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await started[0]?.enter();
    await happens({ encryption: 'in-transit' });
    await started[0]?.enter();
    expect(calls.filter((call) => call.startsWith('enter'))).toEqual([
      'enter end-to-end',
      'enter in-transit',
    ]);
    expect(calls).toContain('wait true');
  });

  it('does not show an older page after a newer one', async () => {
    await make().open();
    const old = page;
    await happens({ encryption: 'end-to-end' });
    tellWatcher?.({ ...old, encryption: null });
    await vi.advanceTimersByTimeAsync(1);
    expect(now().page?.encryption).toBe('end-to-end');
  });

  it('tells what fails with what technology was like, and no names', async () => {
    await make().open();
    await session.tellTrouble('camera-refused', false);
    await session.wait(wish);
    await happens({}, { state: 'admitted' });
    await session.tellTrouble('no-sound', true);
    expect(calls.filter((call) => call.startsWith('trouble'))).toEqual([
      'trouble camera-refused false ipad null',
      'trouble no-sound true ipad NotReadableError',
    ]);
  });

  it.each([
    ['offline', true],
    ['service_down', true],
    ['call_not_open', false],
  ] as const)(
    'says for a while that %s kept something from coming through, or until it was read',
    async (code, passes) => {
      await make().open();
      failing.set('declareAlone', code);
      await session.declareAlone(true);
      await vi.advanceTimersByTimeAsync(9_000);
      expect(now().lastFailure?.code).toBe(code);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(now().lastFailure === null).toBe(passes);
      session.forgetFailure();
      expect(now().lastFailure).toBeNull();
    },
  );

  it('keeps the last act that failed until one works', async () => {
    await make().open();
    failing.set('answerWorked', 'service_down');
    await session.answerWorked(true);
    expect(now().lastFailure?.code).toBe('service_down');
    failing.clear();
    await session.answerWorked(true);
    expect(now().lastFailure).toBeNull();
  });
});
