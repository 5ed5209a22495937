import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import { createChangeEvents } from '../storage/index.ts';
import { type Caller, startTestApp, type TestApp } from '../testing/index.ts';

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly entity: string;
}

/** Reads a stream as EventSource does, and remembers the last id that it may resume from. */
class Listener {
  readonly heard: Heard[] = [];
  /** Comments and blocks without data. */
  silent = 0;
  lastId: string | undefined;
  #abort = new AbortController();
  #caller: Caller;
  ended: Promise<void> = Promise.resolve();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async open(headers: Record<string, string> = {}): Promise<void> {
    this.#abort = new AbortController();
    const response = await this.#caller.fetch('/api/v1/events', {
      headers: { ...(this.lastId === undefined ? {} : { 'last-event-id': this.lastId }), ...headers },
      signal: this.#abort.signal,
    });
    if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`);
    const opened = Promise.withResolvers<void>();
    this.ended = this.#read(response.body, opened.resolve).catch(() => undefined);
    await opened.promise;
  }

  async #read(body: ReadableStream<Uint8Array>, opened: () => void): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        this.lastId = field('id') ?? this.lastId;
        const data = field('data');
        if (data === undefined) this.silent += 1;
        else {
          const parsed = JSON.parse(data) as { entity?: { id: string } };
          this.heard.push({
            id: field('id') ?? '',
            event: field('event') ?? '',
            entity: parsed.entity?.id ?? '',
          });
        }
        opened();
      }
    }
  }

  async drop(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  get entities(): string[] {
    return this.heard.filter(({ event }) => event === 'change').map(({ entity }) => entity);
  }
}

describe('the event stream', () => {
  let service: TestApp;
  let second: TestApp;
  let calm: TestApp;
  const clock = new ManualClock('2026-11-24T09:00:00Z');
  const changes = createChangeEvents({ clock });
  const listeners: Listener[] = [];

  beforeAll(async () => {
    service = await startTestApp({ clock, heartbeatMs: 300 });
    second = await startTestApp({ clock, heartbeatMs: 300, beside: service });
    calm = await startTestApp({ clock, heartbeatMs: 60_000, beside: service });
  });
  afterEach(async () => {
    for (const listener of listeners.splice(0)) await listener.drop();
  });
  afterAll(async () => {
    await calm.close();
    await second.close();
    await service.close();
  });

  const listenAs = (caller: Caller): Listener => {
    const listener = new Listener(caller);
    listeners.push(listener);
    return listener;
  };
  const tell = (municipalityId: string, id: string, kind = 'room', data: Record<string, string> = {}) =>
    service.test.database.write(municipalityId, (tx) =>
      changes.append(tx, { type: `${kind}.changed`, entity: { kind, id }, data }),
    );
  const member = async (roles: Parameters<TestApp['caller']>[1] = ['coordinator'], at = service) =>
    at.caller(await service.test.municipality(), roles);

  it('is heard exactly once and in order by a listener that breaks off and resumes at random under continuous writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        async (breaks, sides) => {
          const caller = await member();
          const { municipalityId } = caller.actor;
          const other = await second.as(caller.actor);
          let listener = listenAs(caller);
          await listener.open();
          const heard: string[] = [];
          const told: string[] = [];
          let writing = true;
          const writers = Array.from({ length: 3 }, async () => {
            while (writing) {
              const id = randomUUID();
              await tell(municipalityId, id);
              told.push(id);
            }
          });
          for (const ms of breaks) {
            await delay(ms);
            await listener.drop();
            heard.push(...listener.entities);
            // Sometimes at the other process of the service, as behind a load balancer.
            const next = listenAs(sides.next().value === true ? other : caller);
            next.lastId = listener.lastId;
            listener = next;
            await listener.open();
          }
          writing = false;
          await Promise.all(writers);
          await expect.poll(() => heard.length + listener.entities.length).toBe(told.length);
          heard.push(...listener.entities);
          const { rows } = await service.test.superuser.query(
            'SELECT entity_id FROM change_event WHERE municipality_id = $1 ORDER BY position',
            [municipalityId],
          );
          expect(heard).toEqual(rows.map((row) => row.entity_id));
          expect(new Set(heard).size).toBe(told.length);
          await listener.drop();
        },
      ),
      { numRuns: 8 },
    );
  });

  it('reaches the listeners of every process of the service', async () => {
    const caller = await member();
    const [here, there] = [listenAs(caller), listenAs(await second.as(caller.actor))];
    await Promise.all([here.open(), there.open()]);
    await tell(caller.actor.municipalityId, 'told');
    await expect.poll(() => [here.entities, there.entities]).toEqual([['told'], ['told']]);
  });

  it('tells of a change made through the API within half a second', async () => {
    const caller = await member(['administrator']);
    const listener = listenAs(caller);
    await listener.open();
    const at = performance.now();
    const answer = await caller.fetch('/api/v1/teams', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Team Midt' }),
    });
    const { id } = (await answer.json()) as { id: string };
    await expect.poll(() => listener.entities, { interval: 10 }).toEqual([id]);
    expect(performance.now() - at).toBeLessThan(500);
  });

  it('tells nobody of another municipality', async () => {
    const [one, two] = [await member(), await member()];
    const [first, other] = [listenAs(one), listenAs(two)];
    await Promise.all([first.open(), other.open()]);
    await tell(one.actor.municipalityId, 'of one');
    await tell(two.actor.municipalityId, 'of two');
    await expect.poll(() => [first.entities, other.entities]).toEqual([['of one'], ['of two']]);
  });

  it('tells of what the roles let somebody see, and of unknown kinds nobody', async () => {
    const administrator = await member(['administrator']);
    const { municipalityId } = administrator.actor;
    const lead = await service.caller(municipalityId, ['it-auditor']);
    const [all, some] = [listenAs(administrator), listenAs(lead)];
    await Promise.all([all.open(), some.open()]);
    for (const kind of ['token', 'surprise', 'citizen', 'master-key', 'municipality'])
      await tell(municipalityId, kind, kind);
    await expect
      .poll(() => [all.entities.at(-1), some.entities.at(-1)])
      .toEqual(['municipality', 'municipality']);
    expect(all.entities).not.toContain('surprise');
    expect(all.entities).toContain('token');
    expect(some.entities).not.toContain('token');
    expect(some.entities).not.toContain('surprise');
  });

  it('follows the roles of the hearer as they change', async () => {
    const caller = await member(['administrator']);
    const { municipalityId, staffId } = caller.actor;
    const listener = listenAs(caller);
    await listener.open();
    await tell(municipalityId, 'before', 'token');
    await expect.poll(() => listener.entities).toEqual(['before']);
    await service.test.database.write(municipalityId, async (tx) => {
      await tx.staff.updateMany({ where: { id: staffId }, data: { roles: ['support-worker'] } });
      await changes.append(tx, { type: 'staff.changed', entity: { kind: 'staff', id: 'changed' } });
    });
    await tell(municipalityId, 'secret', 'token');
    await tell(municipalityId, 'after', 'room');
    await expect.poll(() => listener.entities.at(-1)).toBe('after');
    expect(listener.entities).not.toContain('secret');
  });

  it('says at every heartbeat that it lives and from where to resume, though nothing is told', async () => {
    const caller = await member(['it-auditor']);
    const listener = listenAs(caller);
    await listener.open();
    await tell(caller.actor.municipalityId, 'not for you', 'token');
    await expect.poll(() => listener.lastId).toBe('1');
    await expect.poll(() => listener.silent).toBeGreaterThan(2);
    expect(listener.heard).toEqual([]);
  });

  it('ends when the token is revoked, though the stream is never silent', async () => {
    const caller = await member(['administrator']);
    const { municipalityId, tokenId } = caller.actor;
    const listener = listenAs(caller);
    await listener.open();
    let writing = true;
    const writer = (async () => {
      while (writing) await tell(municipalityId, randomUUID());
    })();
    await expect.poll(() => listener.entities.length).toBeGreaterThan(3);
    // Straight in the table: nothing tells of it, so only the heartbeat can see it.
    await service.test.superuser.query('UPDATE access_token SET revoked_at = $2 WHERE id = $1', [
      tokenId,
      clock.now(),
    ]);
    await listener.ended;
    writing = false;
    await writer;
    await expect(listener.open()).rejects.toThrow('401');
  });

  it('ends at once when somebody leaves', async () => {
    // Its heartbeat is a minute away, so that what ends the stream before can only be the news itself.
    const administrator = await member(['administrator'], calm);
    const leaver = await calm.caller(administrator.actor.municipalityId, ['support-worker']);
    const listener = listenAs(leaver);
    await listener.open();
    const answer = await administrator.fetch(`/api/v1/staff/${leaver.actor.initials}/end`, {
      method: 'POST',
    });
    expect(answer.status).toBe(200);
    await listener.ended;
    expect(listener.entities).toEqual([]);
  });

  it('ends when the token expires', async () => {
    const actor = await service.test.actor(await service.test.municipality(), ['coordinator']);
    const expiresAt = new Date(clock.now().getTime() + 60_000);
    const listener = listenAs(await service.as(actor, { expiresAt }));
    await listener.open();
    await expect.poll(() => listener.silent).toBeGreaterThan(1);
    clock.advance(61_000);
    await listener.ended;
    await expect(listener.open()).rejects.toThrow('401');
  });

  describe('to a listener whose place is gone', () => {
    const reset = async (lastId: string, prepare: (municipalityId: string) => Promise<void>) => {
      const caller = await member();
      const { municipalityId } = caller.actor;
      for (const id of ['one', 'two', 'three']) await tell(municipalityId, id);
      await expect
        .poll(async () => {
          const { rows } = await service.test.superuser.query(
            'SELECT 1 FROM change_event WHERE municipality_id = $1 AND position IS NOT NULL',
            [municipalityId],
          );
          return rows.length;
        })
        .toBe(3);
      await prepare(municipalityId);
      const listener = listenAs(caller);
      listener.lastId = lastId;
      await listener.open();
      await tell(municipalityId, 'later');
      await expect.poll(() => listener.entities.at(-1)).toBe('later');
      return listener.heard;
    };
    const forget = (upTo: number) => async (municipalityId: string) => {
      await service.test.superuser.query(
        'DELETE FROM change_event WHERE municipality_id = $1 AND position <= $2',
        [municipalityId, upTo],
      );
    };
    const nothing = async () => undefined;
    const resetThen = [
      { id: '3', event: 'reset', entity: '' },
      { id: '4', event: 'change', entity: 'later' },
    ];

    it('says so, when retention took some of what it missed', async () => {
      expect(await reset('1', forget(2))).toEqual(resetThen);
    });
    it('says so, when retention took all of it', async () => {
      expect(await reset('1', forget(3))).toEqual(resetThen);
    });
    it('says so, when the place is of another database', async () => {
      expect(await reset('4711', nothing)).toEqual(resetThen);
    });
    it('says so, when the place is none', async () => {
      expect(await reset('yesterday', nothing)).toEqual(resetThen);
    });
    it('says nothing, when it missed nothing of what was taken', async () => {
      expect((await reset('2', forget(2))).map(({ event, entity }) => [event, entity])).toEqual([
        ['change', 'three'],
        ['change', 'later'],
      ]);
      expect((await reset('3', forget(3))).map(({ entity }) => entity)).toEqual(['later']);
      expect((await reset('0', nothing)).map(({ entity }) => entity)).toEqual([
        'one',
        'two',
        'three',
        'later',
      ]);
    });
  });

  it('takes where to resume from the query as well, for listeners that cannot set headers', async () => {
    const caller = await member();
    for (const id of ['one', 'two']) await tell(caller.actor.municipalityId, id);
    await expect
      .poll(async () => {
        const answer = await caller.fetch('/api/v1/events?after=0');
        const reader = answer.body?.getReader();
        let text = '';
        while (reader !== undefined && !text.includes('two')) {
          const { value, done } = await reader.read();
          if (done) break;
          text += new TextDecoder().decode(value);
        }
        await reader?.cancel();
        return [...text.matchAll(/"id":"(\w+)"/g)].map((match) => match[1]);
      })
      .toEqual(['one', 'two']);
    expect((await caller.fetch('/api/v1/events?after=-1')).status).toBe(400);
  });

  it('does not open for HEAD, for nobody, nor without the permission', async () => {
    const caller = await member();
    const head = await caller.fetch('/api/v1/events', { method: 'HEAD' });
    expect(head.status).toBe(405);
    expect((await fetch(new URL('/api/v1/events', service.url))).status).toBe(401);
    expect((await (await member(['peer-supporter'])).fetch('/api/v1/events')).status).toBe(403);
  });

  /** A reader that asks for the stream and then takes nothing. */
  const openStuck = async (
    caller: Caller,
    at: TestApp,
    lastId: string,
  ): Promise<{ client: Socket; server: Socket }> => {
    const accepted = once(at.app.server.server, 'connection') as Promise<[Socket]>;
    const client = connect(Number(new URL(at.url).port), '127.0.0.1');
    client.on('error', () => undefined);
    client.pause();
    client.write(
      `GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${caller.token}\r\nlast-event-id: ${lastId}\r\n\r\n`,
    );
    const [server] = await accepted;
    return { client, server };
  };
  const fill = async (municipalityId: string, count: number, size: number) => {
    const data = { filler: 'x'.repeat(size) };
    await service.test.database.write(municipalityId, (tx) =>
      changes.append(
        tx,
        ...Array.from({ length: count }, (_, n) => ({
          type: 'room.changed',
          entity: { kind: 'room', id: `n${n}` },
          data,
        })),
      ),
    );
    await expect
      .poll(
        async () => {
          const { rows } = await service.test.superuser.query(
            'SELECT count(*)::int AS n FROM change_event WHERE municipality_id = $1 AND position IS NOT NULL',
            [municipalityId],
          );
          return rows[0].n;
        },
        { timeout: 10_000 },
      )
      .toBe(count);
  };

  it('does not pile up for a reader that takes nothing, and cuts it off after a heartbeat', async () => {
    const caller = await member();
    await fill(caller.actor.municipalityId, 2_000, 20_000);
    const { client, server } = await openStuck(caller, service, '0');
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, server.writableLength);
    }, 5);
    try {
      await Promise.race([
        once(server, 'close'),
        delay(5_000).then(() => Promise.reject(new Error('still open'))),
      ]);
      // One event beyond the socket's own mark; the other 40 MB were never made.
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThan(200_000);
      expect(server.bytesWritten).toBeLessThan(20_000_000);
    } finally {
      clearInterval(watch);
      client.destroy();
    }
  });

  it('waits for a reader that is merely slow', async () => {
    // The pauses are far shorter than its heartbeat, also where the machine stretches them.
    const caller = await member(['coordinator'], calm);
    await fill(caller.actor.municipalityId, 1_000, 20_000);
    const { client } = await openStuck(caller, calm, '0');
    let count = 0;
    client.on('data', (chunk: Buffer) => {
      count += chunk.toString('latin1').split('event: change').length - 1;
    });
    // Long pauses with short sips in between: far slower than the service could send, never silent for a heartbeat.
    for (let turn = 0; turn < 10; turn += 1) {
      client.pause();
      await delay(150);
      client.resume();
      await delay(5);
    }
    await expect.poll(() => count).toBeGreaterThan(990);
    expect(client.destroyed).toBe(false);
    client.destroy();
  });

  it('is ended by closing the service, also for readers that are stuck or come in between', async () => {
    const third = await startTestApp({ beside: service });
    const caller = await member();
    await fill(caller.actor.municipalityId, 1_000, 20_000);
    const inThird = await third.as(caller.actor);
    const listener = listenAs(inThird);
    await listener.open();
    const { client, server } = await openStuck(inThird, third, '0');
    await expect.poll(() => server.writableLength).toBeGreaterThan(0);
    const at = performance.now();
    const closing = third.close();
    const late = inThird.fetch('/api/v1/events').then(
      async (answer) => answer.body?.cancel(),
      () => undefined,
    );
    await Promise.all([closing, listener.ended, late]);
    expect(performance.now() - at).toBeLessThan(2_000);
    client.destroy();
  });
});
