import type { TroubleStep } from '@naer/core/contract/call-codes';
import { describe, expect, it } from 'vitest';
import { at, callOf, hostPage, pageOf } from './gallery/sample.ts';
import { RequestFailure } from './request-failure.ts';
import type { SessionSnapshot } from './session-state.ts';
import { viewOf } from './view.ts';

const now = Date.parse(at(10, 5));
const sessionOf = (over: Partial<SessionSnapshot> = {}): SessionSnapshot => ({
  phase: 'open',
  refusal: null,
  page: pageOf({ me: { ...pageOf().me, state: 'invited' } }),
  service: { state: 'reached' },
  canEncrypt: true,
  keys: { seats: [], epoch: 0 },
  call: null,
  wantsIn: false,
  hungUp: false,
  entering: { running: false, failure: null },
  lastFailure: null,
  ...over,
});
const failure = {
  step: 'no-picture',
  at: at(10, 5),
  caller: 'worker',
  phonesBy: at(10, 8),
  speakAgain: 'same-day',
} as const;
const nameOf = (
  session: Partial<SessionSnapshot>,
  call: Parameters<typeof viewOf>[1] = null,
  browserWorks = true,
) => viewOf(sessionOf(session), call, { now, browserWorks }).name;
const refused = (code: RequestFailure['code'], retryAfterMs: number | null = null) => ({
  phase: 'refused' as const,
  page: null,
  refusal: new RequestFailure(code, {}, retryAfterMs),
});

describe('the screen that is due', () => {
  it('asks a citizen about a time that is proposed, and never a host or a guest', () => {
    const visit = { ...pageOf().visit, state: 'proposed', proposedBy: 'worker' } as const;
    const me = { ...pageOf().me, state: 'invited' } as const;
    expect(nameOf({ page: pageOf({ visit, me }) })).toBe('proposal');
    expect(nameOf({ page: pageOf({ visit, me }) }, null, false)).toBe('proposal');
    expect(nameOf({ page: pageOf({ visit, me: { ...me, kind: 'guest' } }) })).toBe('welcome');
    expect(nameOf({ page: hostPage({ visit, state: 'prepared' }) })).not.toBe('proposal');
    expect(nameOf({ page: pageOf({ visit, me }), wantsIn: true })).toBe('waiting');
    const cancelled = { ...visit, state: 'cancelled', proposedBy: null } as const;
    expect(nameOf({ page: pageOf({ visit: cancelled, me, state: 'ended' }) })).toBe('declined');
  });

  it('lets a host who hung up finish the visit, also after a reload', () => {
    const page = hostPage({ me: { ...hostPage().me, state: 'left' } });
    expect(nameOf({ page })).toBe('finish');
    expect(nameOf({ page, wantsIn: true })).not.toBe('finish');
    expect(nameOf({ page: { ...page, state: 'prepared' } })).toBe('welcome');
    const me = { ...pageOf().me, state: 'left' } as const;
    expect(nameOf({ page: pageOf({ me }) })).toBe('welcome');
  });

  it('says the same of every link that does not hold', () => {
    expect(nameOf({ phase: 'no-link', page: null })).toBe('link-not-valid');
    expect(nameOf(refused('link_not_valid'))).toBe('link-not-valid');
    expect(nameOf({ ...refused('link_not_valid'), page: pageOf() })).toBe('link-not-valid');
  });

  it('tells a link that is open elsewhere, one that needs a code and one tried too often', () => {
    expect(nameOf(refused('link_in_use'))).toBe('link-in-use');
    expect(nameOf(refused('link_pin'))).toBe('pin');
    expect(viewOf(sessionOf(refused('too_many_requests', 4_200)), null, { now, browserWorks: true })).toEqual(
      {
        name: 'slowed',
        seconds: 5,
      },
    );
  });

  it('says of a link that stopped holding within a call what became of it, and keeps the way out', () => {
    const page = pageOf();
    const removed = callOf({ state: 'ended', ended: 'removed' });
    expect(nameOf({ ...refused('link_pin'), page }, removed)).toBe('pin');
    expect(nameOf({ ...refused('link_not_valid'), page }, removed)).toBe('link-not-valid');
    const elsewhere = callOf({ state: 'ended', ended: 'elsewhere' });
    expect(nameOf({ ...refused('link_in_use'), page }, elsewhere)).toBe('link-in-use');
    expect(nameOf({ ...refused('link_pin'), page }, elsewhere)).toBe('pin');
  });

  it('goes from welcome by the waiting room into the call', () => {
    const page = (state: 'waiting' | 'admitted') => pageOf({ me: { ...pageOf().me, state } });
    expect(nameOf({})).toBe('welcome');
    expect(nameOf({ wantsIn: true, page: page('waiting') })).toBe('waiting');
    expect(nameOf({ wantsIn: true, page: page('admitted') })).toBe('letting-in');
    expect(nameOf({ wantsIn: true, page: page('admitted') }, callOf({ state: 'connecting' }))).toBe(
      'letting-in',
    );
    expect(nameOf({ wantsIn: true, page: page('admitted') }, callOf())).toBe('call');
    expect(nameOf({ wantsIn: true, page: page('admitted') }, callOf({ state: 'reconnecting' }))).toBe('call');
  });

  it('shows what was agreed once the call failed, whatever else is the matter', () => {
    const page = pageOf({ state: 'failed', failure });
    expect(nameOf({ page })).toBe('failed');
    expect(nameOf({ page, hungUp: true }, callOf({ state: 'ended', ended: 'vanished' }))).toBe('failed');
    expect(nameOf({ page, service: { state: 'offline', since: 0 } })).toBe('failed');
  });

  it('ends without a question for a citizen who hangs up, and with the registration for the host', () => {
    expect(nameOf({ hungUp: true }, callOf({ state: 'ended', ended: 'hung-up' }))).toBe('after');
    expect(nameOf({ page: pageOf({ state: 'ended' }) })).toBe('after');
    expect(nameOf({ page: hostPage(), hungUp: true })).toBe('finish');
    const held = { ...hostPage().visit, state: 'held' } as const;
    expect(nameOf({ page: hostPage({ state: 'ended', visit: held }), hungUp: true })).toBe('finished');
  });

  it('lets the host record a visit whose time passed with nothing recorded', () => {
    const planned = { ...hostPage().visit, state: 'planned' } as const;
    expect(nameOf({ page: hostPage({ state: 'ended', visit: planned }) })).toBe('finish');
  });

  it('covers no call that goes on because the service is away, but says so to who waits after a moment', () => {
    const away = (forMs: number) => ({ service: { state: 'unreachable' as const, since: now - forMs } });
    expect(nameOf({ ...away(60_000), wantsIn: true }, callOf())).toBe('call');
    expect(nameOf({ ...away(2_000), wantsIn: true })).toBe('waiting');
    expect(nameOf({ ...away(9_000), wantsIn: true })).toBe('service-down');
    expect(nameOf({ ...away(100), phase: 'opening', page: null })).toBe('service-down');
    expect(nameOf({ phase: 'opening', page: null })).toBe('opening');
  });

  it('says what keeps somebody out who was let in, and not what can wait until they are in', () => {
    const viewWith = (...troubles: TroubleStep[]) =>
      viewOf(sessionOf({ wantsIn: true }), callOf({ state: 'connecting', troubles }), {
        now,
        browserWorks: true,
      });
    expect(viewWith('camera-refused', 'media-down')).toEqual({ name: 'letting-in', trouble: 'media-down' });
    expect(viewWith('camera-refused')).toEqual({ name: 'letting-in', trouble: null });
  });

  it('offers another try to who was let in and could not come in, or was cut off', () => {
    const entering = { running: false, failure: 'network-blocked' as const };
    expect(viewOf(sessionOf({ wantsIn: true, entering }), null, { now, browserWorks: true })).toEqual({
      name: 'enter-trouble',
      step: 'network-blocked',
    });
    const cut = callOf({ state: 'ended', ended: 'vanished' });
    expect(viewOf(sessionOf({ wantsIn: true }), cut, { now, browserWorks: true })).toMatchObject({
      step: 'dropped',
    });
  });

  it('lets nobody into a call with a browser that cannot, nor after they were turned away', () => {
    expect(nameOf({}, null, false)).toBe('browser-too-old');
    expect(nameOf({ page: pageOf({ me: { ...pageOf().me, state: 'refused' } }) })).toBe('refused');
    expect(nameOf({}, callOf({ state: 'ended', ended: 'removed' }))).toBe('refused');
    expect(nameOf({}, callOf({ state: 'ended', ended: 'elsewhere' }))).toBe('link-in-use');
  });
});
