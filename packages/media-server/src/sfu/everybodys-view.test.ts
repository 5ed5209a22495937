import { DisconnectReason, type ParticipantInfo, ParticipantInfo_State } from '@livekit/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accessOf, createWorld, FakeSink, plainWish, type TestClient, type World } from './fixture.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const people = ['anna', 'bo', 'cai', 'dan'] as const;
const cids = ['a', 'b'] as const;
const who = fc.constantFrom(...people);

type Step =
  | { readonly kind: 'join'; readonly who: string; readonly hidden: boolean; readonly auto: boolean }
  | { readonly kind: 'leave' | 'lose' | 'resume' | 'crash'; readonly who: string }
  | { readonly kind: 'publish' | 'unpublish' | 'mute'; readonly who: string; readonly cid: string }
  | {
      readonly kind: 'permit';
      readonly who: string;
      readonly what: 'canPublish' | 'canSubscribe' | 'hidden';
      readonly on: boolean;
    }
  | { readonly kind: 'allow'; readonly who: string; readonly whom: string | null }
  | { readonly kind: 'name'; readonly who: string; readonly name: string }
  | { readonly kind: 'wait'; readonly ms: number };

const seldom = fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('join'),
      who,
      hidden: seldom,
      auto: seldom.map((is) => !is),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('lose', 'resume'), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('leave', 'crash'), who }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('publish'), who, cid: fc.constantFrom(...cids) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('unpublish', 'mute'),
      who,
      cid: fc.constantFrom(...cids),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('permit'),
      who,
      what: fc.constantFrom('canPublish', 'canSubscribe', 'hidden'),
      on: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('allow'), who, whom: fc.option(who) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('name'), who, name: fc.constantFrom('x', 'y') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.constantFrom(300, 13_000) }) },
);

/** A client that believes what it is told, as the official ones do. */
class Believer {
  readonly #others = new Map<string, ParticipantInfo>();
  #read = 0;

  view(client: TestClient, sink: FakeSink): object {
    for (const message of sink.messages.slice(this.#read)) {
      if (message.case === 'join') {
        this.#others.clear();
        for (const info of message.value.otherParticipants) this.#others.set(info.identity, info);
      }
      if (message.case === 'update') for (const info of message.value.participants) this.#hear(client, info);
    }
    this.#read = sink.messages.length;
    return Object.fromEntries([...this.#others].sort().map(([identity, info]) => [identity, plain(info)]));
  }

  /** Another socket: what comes is read from its beginning. */
  resumed(): void {
    this.#read = 0;
  }

  #hear(client: TestClient, info: ParticipantInfo): void {
    if (info.identity === client.identity) return;
    const known = this.#others.get(info.identity);
    if (known?.sid === info.sid) expect(info.version).toBeGreaterThanOrEqual(known.version);
    if (info.state !== ParticipantInfo_State.DISCONNECTED) this.#others.set(info.identity, info);
    else if (known?.sid === info.sid) this.#others.delete(info.identity);
  }
}

function plain(info: ParticipantInfo): object {
  return {
    sid: info.sid,
    name: info.name,
    state: info.state,
    permission: info.permission?.toJson(),
    isPublisher: info.isPublisher,
    tracks: info.tracks.map(({ sid, muted }) => ({ sid, muted })),
  };
}

class Play {
  readonly world: World = createWorld();
  readonly clients = new Map<string, TestClient>();
  readonly believers = new Map<string, Believer>();
  readonly auto = new Map<string, boolean>();
  /** Client track ids to sids, of what is announced. */
  readonly tracks = new Map<string, Map<string, string>>();
  readonly allowed = new Map<string, string | null>();
  readonly signalled = new Set<string>();

  take(step: Step): void {
    if (step.kind === 'wait') {
      vi.advanceTimersByTime(step.ms);
      return;
    }
    const { who } = step;
    if (step.kind === 'join') {
      this.allowed.delete(who);
      const client = this.world.join(who, { hidden: step.hidden }, { autoSubscribe: step.auto });
      this.clients.set(who, client);
      this.believers.set(who, new Believer());
      this.auto.set(who, step.auto);
      this.tracks.set(who, new Map());
      this.signalled.add(who);
      return;
    }
    const client = this.clients.get(who);
    const present = this.world.rooms.participants('room').some(({ sid }) => sid === client?.sid);
    if (client === undefined || !present) return;
    this.#act(client, step);
  }

  #act(client: TestClient, step: Exclude<Step, { kind: 'wait' | 'join' }>): void {
    const { who } = step;
    const tracks = this.tracks.get(who) ?? new Map<string, string>();
    switch (step.kind) {
      case 'leave':
        client.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
        return;
      case 'lose':
        client.attendance.signalLost(client.sink);
        this.signalled.delete(who);
        return;
      case 'resume':
        client.sink = new FakeSink();
        this.world.rooms.resume(accessOf(who), plainWish, client.sink);
        this.believers.get(who)?.resumed();
        this.signalled.add(who);
        return;
      case 'crash':
        client.link.failure = new Error('of ours');
        client.say({ kind: 'trickle', target: 'publisher', candidate: null });
        return;
      case 'publish': {
        const info = this.world.rooms.participant('room', who);
        const known = tracks.get(step.cid);
        if (info.permission?.canPublish === false || !this.signalled.has(who)) return;
        if (info.tracks.some(({ sid }) => sid === known)) return;
        tracks.set(step.cid, client.publish({ cid: step.cid }));
        return;
      }
      case 'unpublish':
        client.link.events.onTrackGone(tracks.get(step.cid) ?? '');
        return;
      case 'mute':
        if (!this.signalled.has(who)) return;
        client.say({ kind: 'mute', trackSid: tracks.get(step.cid) ?? '', muted: true });
        return;
      case 'permit':
        this.#update(who, { permission: { [step.what]: step.on } });
        return;
      case 'name':
        this.#update(who, { name: step.name });
        return;
      case 'allow':
        // Who has lost the line can say nothing; one that was heard since was there, too.
        if (!this.signalled.has(who)) return;
        this.allowed.set(who, step.whom);
        client.say({
          kind: 'subscriptionPermission',
          allParticipants: false,
          trackPermissions:
            step.whom === null
              ? []
              : [{ participantSid: '', participantIdentity: step.whom, allTracks: true, trackSids: [] }],
        });
        return;
      default:
        step satisfies never;
    }
  }

  #update(who: string, change: { name?: string; permission?: object }): void {
    this.world.rooms.updateParticipant('room', who, {
      metadata: null,
      name: change.name ?? null,
      attributes: {},
      permission: change.permission ?? null,
    });
  }

  check(): void {
    const truth = this.world.rooms.participants('room');
    let live = 0;
    for (const self of truth) {
      const client = this.clients.get(self.identity);
      if (client === undefined) throw new Error('nobody made this participant');
      expect(client.sid).toBe(self.sid);
      if (self.permission?.canPublish === false) expect(self.tracks).toEqual([]);
      live += this.#checkSubscriptions(client, self, truth);
      if (!this.signalled.has(self.identity)) continue;
      const seen = this.believers.get(self.identity)?.view(client, client.sink);
      const others = truth.filter((other) => other.sid !== self.sid && other.permission?.hidden !== true);
      expect(seen).toEqual(
        Object.fromEntries(
          others
            .sort((a, b) => (a.identity < b.identity ? -1 : 1))
            .map((info) => [info.identity, plain(info)]),
        ),
      );
    }
    const published = truth.flatMap(({ tracks }) => tracks).length;
    expect(this.world.rooms.counts).toMatchObject({
      participants: truth.length,
      publishedTracks: published,
      subscriptions: live,
    });
    expect(this.world.links.openCount).toBe(truth.length);
  }

  #checkSubscriptions(client: TestClient, self: ParticipantInfo, truth: ParticipantInfo[]): number {
    const mayHave = new Set<string>();
    for (const other of truth) {
      if (other.sid === self.sid || other.permission?.hidden === true) continue;
      const whom = this.allowed.get(other.identity);
      if (whom !== undefined && whom !== self.identity) continue;
      for (const { sid } of other.tracks) mayHave.add(sid);
    }
    const has = new Set(client.link.subscribed.keys());
    const expected =
      self.permission?.canSubscribe === true && this.auto.get(self.identity) === true ? mayHave : new Set();
    expect(has).toEqual(expected);
    return has.size;
  }
}

test('whatever people do, each sees exactly who is there, and has exactly what it may', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const play = new Play();
      try {
        for (const one of steps) {
          play.take(one);
          // What is told in batches has been told after a second.
          vi.advanceTimersByTime(1000);
          play.check();
        }
      } finally {
        await play.world.rooms.close(DisconnectReason.SERVER_SHUTDOWN);
      }
      expect(play.world.links.openCount).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 300 },
  );
});
