import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../../testing/app.ts';

describe('the routes of citizens', () => {
  let app: TestApp;
  let coordinator: Caller;
  let stranger: Caller;
  const clock = new ManualClock('2026-11-24T09:00:00Z');

  const ask = async (
    caller: Caller,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await caller.fetch(`/api/v1${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const wish = (reference: string) => ({
    identity: { reference, name: 'Lærke Krogh', phone: '20 00 00 00' },
    legalBasis: 'SEL § 82 a',
    granted: { minutes: 120, per: 'week' },
  });
  const register = async (reference: string): Promise<string> =>
    (await ask(coordinator, 'POST', '/citizens', wish(reference))).body.code;

  beforeAll(async () => {
    app = await startTestApp({ clock });
    const municipality = await app.test.municipality('Nordby');
    coordinator = await app.caller(municipality, ['coordinator']);
    stranger = await app.caller(await app.test.municipality('Sydby'), ['coordinator']);
    const administrator = await app.caller(municipality, ['administrator']);
    const basis = { code: 'SEL § 82 a', label: 'Tidlig forebyggende indsats' };
    expect(await ask(administrator, 'POST', '/legal-bases', basis)).toEqual({ status: 201, body: basis });
    expect(await ask(administrator, 'POST', '/legal-bases', basis)).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
  });
  afterAll(() => app.close());

  it('register, show, change and list page by page, never with a name', async () => {
    const made = await ask(coordinator, 'POST', '/citizens', wish('H-1'), { 'idempotency-key': 'one' });
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'candidate', acquaintance: { kind: 'not-met' }, erasedAt: null },
    });
    expect(await ask(coordinator, 'POST', '/citizens', wish('H-1'), { 'idempotency-key': 'one' })).toEqual(
      made,
    );
    expect(await ask(coordinator, 'POST', '/citizens', wish('H-1'))).toMatchObject({
      status: 409,
      body: { code: 'reference_taken' },
    });
    await register('H-2');
    const { code } = made.body;
    expect((await ask(coordinator, 'PATCH', `/citizens/${code}`, { connection: 'weak' })).body).toMatchObject(
      { connection: 'weak' },
    );
    expect((await ask(coordinator, 'GET', `/citizens/${code.toLowerCase()}`)).body).toMatchObject({
      code,
      connection: 'weak',
    });
    const first = await ask(coordinator, 'GET', '/citizens?limit=1');
    const rest = await ask(coordinator, 'GET', `/citizens?cursor=${first.body.next}&status=candidate`);
    expect([first.body.items.length, rest.body.items.length, rest.body.next]).toEqual([1, 1, null]);
    expect(JSON.stringify([made, first, rest])).not.toMatch(/Lærke|20000000|H-1/);
    expect(await ask(stranger, 'GET', `/citizens/${code}`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect((await ask(coordinator, 'GET', '/citizens?team=Team%20M%C3%A5ne')).status).toBe(404);
  });

  it('take steps and assess, and list both', async () => {
    const code = await register('H-10');
    const step = await ask(coordinator, 'POST', `/citizens/${code}/steps`, {
      to: 'offered',
      reason: 'first-talk',
    });
    expect(step).toMatchObject({ status: 201, body: { from: 'candidate', to: 'offered', on: '2026-11-24' } });
    const skipped = await ask(coordinator, 'POST', `/citizens/${code}/steps`, {
      to: 'active',
      reason: 'first-call-held',
    });
    expect(skipped).toMatchObject({
      status: 409,
      body: { code: 'transition_not_allowed', params: { allowed: 'accepted, declined, ended' } },
    });
    await ask(coordinator, 'POST', `/citizens/${code}/steps`, { to: 'accepted', reason: 'own-wish' });
    const early = await ask(coordinator, 'POST', `/citizens/${code}/steps`, {
      to: 'introduced',
      reason: 'at-home',
    });
    expect(early).toMatchObject({ status: 409, body: { code: 'not_acquainted' } });
    expect((await ask(coordinator, 'GET', `/citizens/${code}/steps`)).body.items).toHaveLength(3);
    const made = await ask(coordinator, 'POST', `/citizens/${code}/assessments`, {
      outcome: 'suited',
      withCitizen: true,
    });
    expect(made).toMatchObject({ status: 201, body: { outcome: 'suited', reasons: [] } });
    expect((await ask(coordinator, 'GET', `/citizens/${code}/assessments`)).body.items).toEqual([made.body]);
  });

  it('tell who somebody is, find them, and log each telling, a repeated request too', async () => {
    const code = await register('H-20');
    const read = () =>
      ask(
        coordinator,
        'POST',
        `/citizens/${code}/identity/read`,
        { reason: 'visit' },
        { 'idempotency-key': 'two' },
      );
    const first = await read();
    expect(first.body).toEqual({
      reference: 'H-20',
      name: 'Lærke Krogh',
      phone: '+4520000000',
      email: null,
      address: null,
    });
    expect(await read()).toEqual(first);
    expect(
      (await ask(coordinator, 'POST', '/citizens/find', { reference: 'H-20', reason: 'contact' })).body,
    ).toEqual({ codes: [code] });
    expect(
      (await ask(coordinator, 'POST', '/citizens/find', { reference: 'H-2O', reason: 'contact' })).body,
    ).toEqual({ codes: [] });
    expect(
      (await ask(stranger, 'POST', '/citizens/find', { reference: 'H-20', reason: 'contact' })).body,
    ).toEqual({ codes: [] });
    clock.advance(1000);
    await ask(coordinator, 'PATCH', `/citizens/${code}/identity`, { name: 'Lærke Dam' });
    expect((await read()).body).toMatchObject({ name: 'Lærke Dam', phone: '+4520000000' });
    clock.advance(1000);
    await ask(coordinator, 'PATCH', `/citizens/${code}/identity`, { phone: null });
    expect((await read()).body.phone).toBeNull();
    const newest = await ask(coordinator, 'GET', `/citizens/${code}/accesses?limit=1`);
    const older = await ask(
      coordinator,
      'GET',
      `/citizens/${code}/accesses?limit=10&cursor=${newest.body.next}`,
    );
    const kinds = [...newest.body.items, ...older.body.items].map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['find', 'read', 'read', 'read', 'read']);
  });

  it('erase for good', async () => {
    const code = await register('H-30');
    const erased = await ask(coordinator, 'POST', `/citizens/${code}/erase`, {
      reason: 'data-subject-request',
    });
    expect(erased).toMatchObject({ status: 200, body: { code, erasedAt: clock.now().toISOString() } });
    expect(
      await ask(coordinator, 'POST', `/citizens/${code}/identity/read`, { reason: 'visit' }),
    ).toMatchObject({ status: 410, body: { code: 'citizen_erased' } });
    expect((await ask(coordinator, 'GET', '/citizens?erased=true')).body.items).toMatchObject([{ code }]);
  });
});
