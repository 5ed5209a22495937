import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { type CallWorld, startCallWorld } from './fixtures/call.ts';
import { createMessageLinks } from './message-links.ts';

describe('the link in a message', () => {
  let w: CallWorld;
  beforeAll(async () => {
    w = await startCallWorld();
  });
  beforeEach(() => w.clear());
  afterAll(() => w.close());

  const linkFor = (visitId: string) => {
    const identities = { openForCall: () => Promise.reject(new Error('opens no address')) };
    const messages = createMessageLinks({ clock: w.clock, links: w.links, identities });
    const { database } = w.app.test;
    return database.write(w.municipalityId, (tx) => messages.linkFor(tx, { visitId, seatId: null }));
  };

  it('is there as long as the call may last, which is longer than planned', async () => {
    const { id } = await w.visit();
    const link = await w.linkOf(id);
    w.clock.set('2026-11-24T13:22:00Z');
    expect(await linkFor(id)).toBe(link);
    w.clock.set('2026-11-24T17:20:00Z');
    expect(await linkFor(id)).toBeNull();
  });

  it('is none to a call that is over, though its page can still be looked at', async () => {
    const { id } = await w.visit();
    w.clock.set('2026-11-24T13:02:00Z');
    await w.anna.call(api.visits.start, { params: { id }, body: {} });
    w.clock.set('2026-11-24T13:10:00Z');
    await w.anna.call(api.visits.end, { params: { id }, body: {} });
    expect(await linkFor(id)).toBeNull();
    await (await w.citizenPage(id)).open();
  });
});
