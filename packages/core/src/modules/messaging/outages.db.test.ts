import type { ServerResponse } from 'node:http';
import ICAL from 'ical.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageLeaseMs } from '../../jobs/message-dispatch.ts';
import { formatClock } from '../../kernel/time-format.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import type { Database } from '../../storage/index.ts';
import { createMessagesFixture, type MailServer, startGateway, startMailServer } from './fixture.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let w: Awaited<ReturnType<typeof createMessagesFixture>>;
let server: MailServer;
let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  w = await createMessagesFixture();
});
beforeEach(async () => {
  await w.forget();
  server = await startMailServer();
  gateway = await startGateway();
});
afterEach(async () => {
  await w.stopDispatching();
  await server.close();
  await gateway.close();
});
afterAll(() => w.close());

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly channel: string;
  readonly state: string;
  readonly visit_id: string;
}
const rows = async (): Promise<Row[]> =>
  (
    await w.superuser.query<Row>(
      'SELECT id, kind, channel, state, visit_id FROM message ORDER BY send_at, id',
    )
  ).rows;

/** The ids under which anything arrived, in the order of its coming: one that came twice stands there twice. */
const arrivedMails = () => server.received.map(({ messageId }) => messageId?.slice(1, 37) ?? '');
const arrivedTexts = () => gateway.received.map(({ headers }) => String(headers['idempotency-key']));

/** Whoever is due was tried, and nobody is being tried, but for what a killed process holds. */
const settled = (held = 0) =>
  expect
    .poll(
      async () => {
        const { rows: found } = await w.superuser.query<{ due: string; held: string }>(
          `SELECT count(*) FILTER (WHERE state = 'scheduled' AND next_attempt_at <= $1) AS due,
             count(*) FILTER (WHERE state = 'sending') AS held FROM message`,
          [w.clock.now()],
        );
        return [Number(found[0]?.due), Number(found[0]?.held) <= held];
      },
      { interval: 15 },
    )
    .toEqual([0, true]);

/** When something is to be done next; null where nothing is. */
const nextDue = async (): Promise<Date | null> => {
  const { rows: found } = await w.superuser.query<{ at: Date | null }>(
    `SELECT min(CASE WHEN state = 'sending' THEN leased_until ELSE next_attempt_at END) AS at FROM message
     WHERE state IN ('scheduled', 'sending')`,
  );
  return found[0]?.at ?? null;
};

describe('reminders over a change of the clock', () => {
  /** A process that is killed: before anything has left, or just after, and before it could write that down. */
  const killed = (after: boolean): Pick<Database, 'write'> => {
    const prepared = new Set<unknown>();
    return {
      write: (municipalityId, work, options) => {
        if (!after || prepared.size > 0) return Promise.reject(new Error('killed'));
        prepared.add(work);
        return w.database.write(municipalityId, work, options);
      },
    };
  };

  it.each([
    ['2026-10-25', 'an hour is told twice'],
    ['2027-03-28', 'an hour is left out'],
  ])(
    'on %s, when %s, never come twice, whatever is killed and started on the way',
    { timeout: 90_000 },
    async (day) => {
      const midnight = fromLocal(`${day}T00:00`);
      const dayAfter = new Date(midnight.getTime() + 36 * hourMs).toISOString().slice(0, 10);
      w.clock.set(new Date(midnight.getTime() - 4 * 24 * hourMs));
      const visits = [
        w.visit(await w.citizenId({}, 'both'), `${day}T10:00`),
        w.visit(await w.citizenId({}, 'both'), `${day}T02:30`),
        w.visit(await w.citizenId({}, 'both'), `${dayAfter}T09:00`),
        w.visit(await w.citizenId({}, 'both'), `${dayAfter}T00:30`),
      ];
      for (const visit of visits) await w.tell(visit);
      const cameAt = new Map<string, string>();
      const note = (ids: readonly string[]) => {
        for (const id of ids) if (!cameAt.has(id)) cameAt.set(id, w.clock.now().toISOString());
      };
      const out = { mail: server.url, sms: gateway.url };
      const isRunning: { dispatchers: { wake(): void }[] } = { dispatchers: [] };
      const start = () => {
        isRunning.dispatchers = [w.dispatch(out), w.dispatch(out)];
      };
      start();
      await settled();
      note([...arrivedMails(), ...arrivedTexts()]);
      const touched = new Set<string>();

      for (let turn = 0; ; turn += 1) {
        const at = await nextDue();
        if (at === null) break;
        expect(turn).toBeLessThan(60);
        w.clock.set(new Date(Math.max(at.getTime(), w.clock.now().getTime())));
        if (turn % 4 === 1 || turn % 4 === 3) {
          // Everybody is stopped; one is started, takes up what is due, and is killed over it.
          await w.stopDispatching();
          const before = new Set(
            (await rows()).filter(({ state }) => state === 'sending').map(({ id }) => id),
          );
          const victim = w.dispatch({ ...out, over: killed(turn % 4 === 3) });
          await expect.poll(() => victim.errors.length).toBeGreaterThan(0);
          await w.stopDispatching();
          for (const { id, state } of await rows())
            if (state === 'sending' && !before.has(id)) touched.add(id);
          note([...arrivedMails(), ...arrivedTexts()]);
          w.clock.advance(messageLeaseMs);
          // Whoever starts anew writes the same visits again, as an import or a retried request does.
          for (const visit of visits)
            if ((visit.plannedStartsAt ?? midnight) > w.clock.now()) await w.tell(visit);
          start();
        } else for (const each of isRunning.dispatchers) each.wake();
        await settled();
        note([...arrivedMails(), ...arrivedTexts()]);
      }

      const all = (await rows()).filter(({ kind }) => kind.startsWith('reminder'));
      const counts = new Map<string, number>();
      for (const id of [...arrivedMails(), ...arrivedTexts()]) counts.set(id, (counts.get(id) ?? 0) + 1);
      // One row for each visit, kind and way, and none that came twice; what nobody was killed over came.
      expect(new Set(all.map(({ visit_id, kind, channel }) => `${visit_id} ${kind} ${channel}`)).size).toBe(
        all.length,
      );
      expect(all.filter(({ id }) => (counts.get(id) ?? 0) > 1)).toEqual([]);
      const missed = all.filter(({ id, state }) => !counts.has(id) && state !== 'withdrawn');
      expect(missed.filter(({ id }) => !touched.has(id))).toEqual([]);
      expect(missed.map(({ state }) => state)).toEqual(missed.map(() => 'failed'));
      expect(touched.size).toBeGreaterThan(3);
      expect(counts.size).toBeGreaterThan(12);
      // At the time of day that was planned, on the wall of that day.
      const [ten] = visits;
      const times = all
        .filter(({ id, visit_id }) => visit_id === ten?.id && counts.has(id))
        .map(({ id, kind }) => `${kind} ${formatClock(new Date(cameAt.get(id) ?? 0), 'da').slice(0, 2)}`);
      for (const time of times) expect(['reminder-day 10', 'reminder-hour 09']).toContain(time);
      expect(times.length).toBeGreaterThan(1);
    },
  );
});

describe('both ways out, refused for an hour,', () => {
  const refusing = (status: number) => (response: ServerResponse) => void response.writeHead(status).end();
  /** By quarters: nobody there, put off, refused, silent. */
  const quarters = [
    async () => {
      await server.down();
      await gateway.down();
    },
    async () => {
      server.refuse(451);
      gateway.answer(refusing(503));
      await server.up();
      await gateway.up();
    },
    async () => {
      server.refuse(421);
      gateway.answer(refusing(500));
    },
    async () => {
      server.refuse(452);
      gateway.answer(() => undefined);
    },
  ];

  it('lose no invitation, no change and no alarm, and remind nobody twice', {
    timeout: 120_000,
  }, async () => {
    w.clock.set(fromLocal('2026-11-24T10:00'));
    const visit = async (local: string) => w.visit(await w.citizenId({}, 'both'), local);
    const [calledOff, moved, soon] = [
      await visit('2026-11-27T10:00'),
      await visit('2026-11-27T11:00'),
      await visit('2026-11-24T11:40'),
    ];
    const out = { mail: server.url, sms: gateway.url, answerTimeoutMs: 1_500 };
    for (const each of [calledOff, moved, soon]) await w.tell(each);
    let dispatcher = w.dispatch(out);
    await settled();
    expect([arrivedMails().length, arrivedTexts().length]).toEqual([3, 3]);

    const [fresh, late] = [await visit('2026-11-27T13:00'), await visit('2026-11-27T14:00')];
    const later = {
      plannedStartsAt: fromLocal('2026-11-27T15:00'),
      plannedEndsAt: fromLocal('2026-11-27T15:30'),
    };
    for (const [quarter, refuse] of quarters.entries()) {
      await refuse();
      if (quarter === 0) {
        await w.tell(fresh);
        await w.tell({ ...calledOff, state: 'cancelled' });
        await w.write((tx) =>
          w.messenger.send(tx, { citizenId: soon.citizenId }, 'call-failed', {
            visitId: soon.id,
            caller: 'worker',
          }),
        );
      }
      if (quarter === 1) await w.tell({ ...moved, ...later });
      if (quarter === 2) {
        await w.tell(late);
        // In the middle of it the service is started anew.
        await w.stopDispatching();
        dispatcher = w.dispatch(out);
      }
      for (let minutes = 0; minutes < 15; minutes += 5) {
        dispatcher.wake();
        await settled();
        w.clock.advance(5 * minuteMs);
      }
    }
    const before = arrivedMails().length;
    expect(before).toBe(3);
    server.refuse(null);
    gateway.answer(null);
    const tried = gateway.received.length;
    while ((await nextDue()) !== null && w.clock.now() < fromLocal('2026-11-24T12:30')) {
      dispatcher.wake();
      await settled();
      w.clock.advance(5 * minuteMs);
    }
    expect(gateway.received.length).toBeGreaterThan(tried);

    const all = await rows();
    const must = all.filter(({ kind, state }) => !kind.startsWith('reminder') && state !== 'withdrawn');
    expect(must.filter(({ state }) => state !== 'sent')).toEqual([]);
    expect(must.map(({ kind, channel }) => `${kind} ${channel}`).sort()).toEqual(
      [
        ...Array.from({ length: 5 }, () => ['invitation mail', 'invitation sms']),
        ['call-failed mail', 'call-failed sms', 'cancelled mail', 'cancelled sms', 'moved mail', 'moved sms'],
      ]
        .flat()
        .sort(),
    );
    // Each mail once, under the id of its row; a text under one key however often it was tried.
    expect(new Set(arrivedMails()).size).toBe(arrivedMails().length);
    const texts = new Set(arrivedTexts());
    for (const { id, channel } of must)
      expect([id, (channel === 'mail' ? new Set(arrivedMails()) : texts).has(id)]).toEqual([id, true]);
    for (const { id } of all.filter(({ kind }) => kind.startsWith('reminder')))
      expect([...arrivedMails(), ...arrivedTexts()].filter((each) => each === id).length).toBeLessThan(2);

    // What a calendar that got them all shows in the end: one entry for each visit, the last of its numbers (RFC 5546).
    const shown = new Map<string, { sequence: number; startsAt: string; status: string }>();
    for (const { attachments } of server.received) {
      const entry = attachments.find(({ contentType }) => contentType === 'text/calendar');
      if (entry === undefined) continue;
      const calendar = new ICAL.Component(ICAL.parse(String(entry.content)));
      const component = calendar.getFirstSubcomponent('vevent');
      const event = new ICAL.Event(component ?? undefined);
      const method = String(calendar.getFirstPropertyValue('method'));
      const known = shown.get(event.uid);
      expect(known === undefined || event.sequence > known.sequence).toBe(true);
      if (method === 'REQUEST') expect(component?.getFirstSubcomponent('valarm')).not.toBeNull();
      shown.set(event.uid, {
        sequence: event.sequence,
        startsAt: event.startDate.toJSDate().toISOString(),
        status: method,
      });
    }
    const at = (local: string) => fromLocal(local).toISOString();
    expect([calledOff, moved, soon, fresh, late].map(({ id }) => shown.get(id))).toMatchObject([
      { status: 'CANCEL', startsAt: at('2026-11-27T10:00') },
      { status: 'REQUEST', startsAt: at('2026-11-27T15:00') },
      { status: 'REQUEST', startsAt: at('2026-11-24T11:40') },
      { status: 'REQUEST', startsAt: at('2026-11-27T13:00') },
      { status: 'REQUEST', startsAt: at('2026-11-27T14:00') },
    ]);
    expect(shown.size).toBe(5);
  });
});
