import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeCore } from '../testing/fake-core.ts';
import { citizenId, guestId, hostId } from '../testing/pages.ts';
import { toBase64Url } from './bytes.ts';
import { HostExchange } from './exchange.ts';
import { HostAgreement } from './host-agreement.ts';
import { exchangesAtMost, type KeyAgreement, SeatAgreement } from './seat-agreement.ts';

/** One page of a call: what it got as keys, newest last. */
interface Member {
  readonly agreement: KeyAgreement;
  readonly keys: string[];
  readonly id: string;
}

let core: FakeCore;
let members: Member[];

function join(id: string): Member {
  const keys: string[] = [];
  const deps = {
    crypto,
    onKey: (epoch: number, key: Uint8Array) => keys.push(`${epoch} ${toBase64Url(key)}`),
  };
  const api = core.api(id);
  const agreement =
    id === hostId ? new HostAgreement({ ...deps, api }, id) : new SeatAgreement({ ...deps, api }, id);
  core.watch(id, (page) => agreement.follow(page));
  const member = { agreement, keys, id };
  members.push(member);
  return member;
}

async function comeIn(id: string): Promise<Member> {
  const member = join(id);
  await core.api(id).wait({ canEncrypt: true, commitment: await member.agreement.begin() });
  if (id === hostId) core.set(id, { state: 'admitted' });
  await settled();
  return member;
}

/** When nobody has anything left to do. */
async function settled(): Promise<void> {
  for (let round = 0; round < 40; round += 1) for (const { agreement } of members) await agreement.settled();
}

const stateOf = ({ agreement, id }: Member, seat = id) =>
  agreement.getSnapshot().seats.find((one) => one.seat === seat);

beforeEach(() => {
  core = new FakeCore();
  members = [];
});

afterEach(() => {
  for (const { agreement } of members) agreement.close();
});

describe('agreeing on the key of a call', () => {
  it('shows both the same code while one still waits, and gives the key with admission only', async () => {
    const host = await comeIn(hostId);
    const citizen = await comeIn(citizenId);
    expect(stateOf(citizen)).toMatchObject({ progress: 'compared', renewed: false });
    expect(stateOf(citizen)?.code).toBe(stateOf(host, citizenId)?.code);
    expect(citizen.keys).toEqual([]);
    core.set(citizenId, { state: 'admitted' });
    await settled();
    expect(stateOf(citizen)?.progress).toBe('ready');
    expect(stateOf(host, citizenId)?.progress).toBe('ready');
    expect(citizen.keys).toEqual(host.keys);
    expect(citizen.keys).toHaveLength(1);
  });

  it('comes about in whichever order they come', async () => {
    const citizen = await comeIn(citizenId);
    expect(stateOf(citizen)).toMatchObject({ progress: 'agreeing', code: null });
    core.set(citizenId, { state: 'admitted' });
    const host = await comeIn(hostId);
    expect(citizen.keys).toEqual(host.keys);
  });

  it('begins anew when the citizen reloads, and gives the same key again', async () => {
    const host = await comeIn(hostId);
    const before = await comeIn(citizenId);
    core.set(citizenId, { state: 'admitted' });
    await settled();
    before.agreement.close();
    const after = await comeIn(citizenId);
    expect(after.keys).toEqual(host.keys);
    expect(stateOf(host, citizenId)?.code).toBe(stateOf(after)?.code);
    expect(stateOf(host, citizenId)?.renewed).toBe(true);
    expect(stateOf(after)?.code).not.toBe(stateOf(before)?.code);
  });

  it('begins anew when the host reloads, with a newer key for everybody', async () => {
    const before = await comeIn(hostId);
    const citizen = await comeIn(citizenId);
    core.set(citizenId, { state: 'admitted' });
    await settled();
    before.agreement.close();
    const after = await comeIn(hostId);
    expect(citizen.keys).toHaveLength(2);
    expect(citizen.keys.at(-1)).toBe(after.keys.at(-1));
    expect(Number.parseInt(citizen.keys.at(-1) ?? '', 10)).toBe(2);
    expect(stateOf(citizen)).toMatchObject({ progress: 'ready', renewed: true });
    expect(stateOf(citizen)?.code).toBe(stateOf(after, citizenId)?.code);
  });

  it('takes a new key when somebody leaves a meeting of more than two', async () => {
    const host = await comeIn(hostId);
    const citizen = await comeIn(citizenId);
    const guest = await comeIn(guestId);
    core.set(citizenId, { state: 'admitted' });
    core.set(guestId, { state: 'admitted' });
    await settled();
    expect(guest.keys).toEqual(host.keys);
    core.set(guestId, { state: 'left' });
    await settled();
    expect(host.keys).toHaveLength(2);
    expect(citizen.keys).toEqual(host.keys);
    expect(guest.keys).toHaveLength(1);
  });

  it('takes a new key when somebody vanishes from a meeting of more than two, who is given it once they are back', async () => {
    const host = await comeIn(hostId);
    const citizen = await comeIn(citizenId);
    const guest = await comeIn(guestId);
    core.set(citizenId, { state: 'admitted' });
    core.set(guestId, { state: 'admitted' });
    await settled();
    core.set(guestId, { gone: 'vanished' });
    await settled();
    expect(host.keys).toHaveLength(2);
    expect(citizen.keys).toEqual(host.keys);
    expect(guest.keys).toHaveLength(1);
    core.set(guestId, { gone: null });
    await settled();
    expect(guest.keys).toEqual(host.keys);
    expect(host.keys).toHaveLength(2);
  });

  it('keeps its key when the one other vanishes and is back', async () => {
    const host = await comeIn(hostId);
    const citizen = await comeIn(citizenId);
    core.set(citizenId, { state: 'admitted' });
    await settled();
    core.set(citizenId, { gone: 'vanished' });
    core.set(citizenId, { gone: null });
    await settled();
    expect(host.keys).toHaveLength(1);
    expect(citizen.keys).toEqual(host.keys);
  });

  it('keeps its key when the one other leaves and comes back', async () => {
    const host = await comeIn(hostId);
    await comeIn(citizenId);
    core.set(citizenId, { state: 'admitted' });
    await settled();
    core.set(citizenId, { state: 'left' });
    await settled();
    expect(host.keys).toHaveLength(1);
  });

  it('says so and gives no key where the service shows another key than was promised', async () => {
    const host = await comeIn(hostId);
    const stranger = await HostExchange.answer(crypto, citizenId, toBase64Url(new Uint8Array(32)));
    core.tamper = (page) => {
      const seat = page.seats.find(({ id }) => id === citizenId);
      if (page.me.isHost && seat?.exchange.publicKey) seat.exchange.publicKey = stranger.hostKey;
      return page;
    };
    const citizen = await comeIn(citizenId);
    core.set(citizenId, { state: 'admitted' });
    await settled();
    expect(stateOf(host, citizenId)?.progress).toBe('mismatch');
    expect(citizen.keys).toEqual([]);
  });

  it('comes to two different codes where the service answers in the name of the host', async () => {
    const host = await comeIn(hostId);
    const commitments = new Map<string, HostExchange>();
    core.tamper = (page) => {
      const seat = page.seats.find(({ id }) => id === citizenId);
      const own = commitments.get(seat?.exchange.commitment ?? '');
      if (!page.me.isHost && seat?.exchange.hostKey && own) seat.exchange.hostKey = own.hostKey;
      return page;
    };
    const citizen = join(citizenId);
    const commitment = await citizen.agreement.begin();
    commitments.set(commitment, await HostExchange.answer(crypto, citizenId, commitment));
    await core.api(citizenId).wait({ canEncrypt: true, commitment });
    core.set(citizenId, { state: 'admitted' });
    await settled();
    expect(stateOf(citizen)?.code).not.toBe(stateOf(host, citizenId)?.code);
    expect(stateOf(citizen)?.progress).toBe('mismatch');
    expect(citizen.keys).toEqual([]);
  });

  it('takes no older key for a newer one', async () => {
    await comeIn(hostId);
    const citizen = await comeIn(citizenId);
    await comeIn(guestId);
    core.set(citizenId, { state: 'admitted' });
    core.set(guestId, { state: 'admitted' });
    await settled();
    const old = core.seat(citizenId).exchange;
    core.set(guestId, { state: 'left' });
    await settled();
    core.set(citizenId, { exchange: old });
    await settled();
    expect(stateOf(citizen)?.progress).toBe('mismatch');
    expect(citizen.keys).toHaveLength(2);
  });

  it('does not begin anew without end for somebody who waits for codes that agree by chance', async () => {
    const host = await comeIn(hostId);
    const citizen = await comeIn(citizenId);
    for (let round = 0; round < exchangesAtMost + 5; round += 1) {
      core.set(hostId, { exchange: { ...core.seat(hostId).exchange, commitment: `mark-${round}` } });
      await settled();
    }
    expect(stateOf(citizen)?.progress).toBe('mismatch');
    expect(stateOf(host, citizenId)?.renewed).toBe(true);
  });

  it('tries again when the service could not be reached', async () => {
    vi.useFakeTimers();
    try {
      const host = await comeIn(hostId);
      const citizen = join(citizenId);
      const commitment = await citizen.agreement.begin();
      await core.api(citizenId).wait({ canEncrypt: true, commitment });
      core.failing = true;
      await settled();
      expect(stateOf(citizen)?.progress).toBe('agreeing');
      core.failing = false;
      await vi.advanceTimersByTimeAsync(2_500);
      await settled();
      expect(stateOf(citizen)?.code).toBe(stateOf(host, citizenId)?.code);
      expect(stateOf(citizen)?.progress).toBe('compared');
    } finally {
      vi.useRealTimers();
    }
  });
});
