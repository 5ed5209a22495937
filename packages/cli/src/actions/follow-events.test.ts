import { type Answer, type Client, Unreachable } from '@naer/core/client';
import { describe, expect, it } from 'vitest';
import { followEvents, readServerSentEvents } from './follow-events.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const change = (position: number) =>
  `id: ${position}\nevent: change\ndata: ${JSON.stringify({ position: String(position), type: 'room.booked', entity: { kind: 'booking', id: 'x' }, data: {}, occurredAt: '2026-11-24T09:00:00Z' })}\n\n`;

/** A client whose streams end or break as the test says, and which writes down where each one began. */
function streams(...each: readonly (string | Error)[]): {
  client: Client;
  begun: unknown[];
  over: AbortController;
} {
  const begun: unknown[] = [];
  const over = new AbortController();
  let at = 0;
  const client: Client = {
    call: () => Promise.reject(new Error('not asked for')),
    open: async (_route, input) => {
      begun.push((input as { query: { after?: string } }).query.after);
      const next = each[at];
      at += 1;
      if (next === undefined) over.abort();
      if (next instanceof Error) throw next;
      const answer: Answer = {
        ok: true,
        status: 200,
        headers: new Headers(),
        body: (async function* () {
          yield bytes(next ?? '');
        })(),
        json: async () => null,
      };
      return answer;
    },
  };
  return { client, begun, over };
}

async function follow(given: ReturnType<typeof streams>, after?: string) {
  const positions: string[] = [];
  let resets = 0;
  const waits: number[] = [];
  const options = {
    after,
    signal: given.over.signal,
    onReset: () => {
      resets += 1;
    },
    onBreak: (ms: number) => waits.push(ms),
    pause: async () => undefined,
  };
  for await (const event of followEvents(given.client, options)) positions.push(event.position);
  return { positions, resets, waits };
}

describe('following changes', () => {
  it('goes on after the last position when the stream ends, without loss or repetition', async () => {
    const given = streams(change(1) + change(2), change(3));
    expect((await follow(given, '0')).positions).toEqual(['1', '2', '3']);
    expect(given.begun).toEqual(['0', '2', '3']);
  });

  it('begins where the service stood when it was asked, even if the stream breaks before anything happens', async () => {
    const given = streams('retry: 2000\nid: 41\n\n', change(42));
    expect((await follow(given)).positions).toEqual(['42']);
    expect(given.begun).toEqual([undefined, '41', '42']);
  });

  it('waits longer and longer while nobody is there, and anew once there was', async () => {
    const gone = new Unreachable('http://x', null);
    const { waits } = await follow(streams(change(1), gone, gone, change(2), gone));
    expect(waits).toEqual([500, 1000, 2000, 500, 1000, 2000]);
  });

  it('fails at once when the service was never there, or refuses', async () => {
    await expect(follow(streams(new Unreachable('http://x', null)))).rejects.toBeInstanceOf(Unreachable);
    await expect(follow(streams(change(1), new Error('refused')))).rejects.toThrow('refused');
  });

  it('says when older changes are gone, and begins anew from there', async () => {
    const given = streams('id: 7\nevent: reset\ndata: {}\n\n', change(8));
    expect(await follow(given, '99')).toMatchObject({ positions: ['8'], resets: 1 });
    expect(given.begun).toEqual(['99', '7', '8']);
  });
});

describe('a text/event-stream', () => {
  const read = async (...pieces: readonly Uint8Array[]) => {
    const found = [];
    for await (const event of readServerSentEvents(
      (async function* () {
        yield* pieces;
      })(),
    ))
      found.push(event);
    return found;
  };

  it('is the same however it is cut into pieces', async () => {
    const whole = bytes('id: 1\r\nevent: change\r\ndata: æ\r\ndata: ø\r\n\r\n: heartbeat\r\nid: 2\r\n\r\n');
    const expected = await read(whole);
    expect(expected).toEqual([
      { event: 'change', data: 'æ\nø', id: '1' },
      { event: 'message', data: '', id: '2' },
    ]);
    for (let cut = 1; cut < whole.length; cut += 1)
      expect(await read(whole.subarray(0, cut), whole.subarray(cut))).toEqual(expected);
  });
});
