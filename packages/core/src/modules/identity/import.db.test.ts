import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { type Caller, startTestApp, type TestApp } from '../../testing/index.ts';

const { identity } = api;

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}

describe('a file of staff', () => {
  let service: TestApp;
  let administrator: Caller;
  beforeAll(async () => {
    service = await startTestApp();
  });
  beforeEach(async () => {
    administrator = await service.caller(await service.test.municipality(), ['administrator'], 'ADM');
    await take('Initialer;Navn;Rolle;Team;E-mail;Timer', 'BM13;Bo Madsen;leder;Team Nord;bo@example.dk;37');
  });
  afterAll(() => service.close());

  const take = (...lines: string[]) =>
    administrator.call(api.imports.staff, {
      query: {},
      file: bytes(lines.join('\n')),
    });
  const show = (initials: string) => administrator.call(identity.showStaff, { params: { initials } });
  const whole = { name: 'Bo Madsen', team: { name: 'Team Nord' }, email: 'bo@example.dk', weeklyHours: 37 };

  it('leaves what it has no column for as it was', async () => {
    expect(await show('BM13')).toMatchObject(whole);
    expect(await take('Initialer;Navn;Rolle', 'BM13;Bo Madsen;leder')).toMatchObject({ unchanged: 1 });
    expect(await take('Initialer;Navn;Rolle', 'BM13;Bo Bo Madsen;leder')).toMatchObject({ updated: 1 });
    expect(await show('BM13')).toMatchObject({ ...whole, name: 'Bo Bo Madsen' });
  });

  it('empties what it has an empty cell for', async () => {
    await take('Initialer;Navn;Rolle;Team;E-mail;Timer', 'BM13;Bo Madsen;leder;;;');
    expect(await show('BM13')).toMatchObject({ team: null, email: null, weeklyHours: null });
  });

  it('employs nobody again who has left', async () => {
    await administrator.call(identity.endStaff, { params: { initials: 'BM13' } });
    await expect(take('Initialer;Navn;Rolle', 'BM13;Bo Madsen;leder')).rejects.toMatchObject({
      code: 'import_rejected',
      details: { run: { problems: [{ line: 2, reason: 'has_ended' }] } },
    });
    expect((await show('BM13')).endedAt).not.toBeNull();
  });

  it('waits for who changes the same member of staff, and then writes nothing of theirs back', async () => {
    const { municipalityId } = administrator.actor;
    const changed = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const other = service.test.database.write(municipalityId, async (tx) => {
      await tx.staff.updateMany({
        where: { initials: 'BM13' },
        data: { email: 'ny@example.dk', weeklyHours: 20 },
      });
      changed.resolve();
      await release.promise;
    });
    await changed.promise;
    const taking = take('Initialer;Navn;Rolle', 'BM13;Bo Ny;leder');
    await expect
      .poll(async () => {
        const { rows } = await service.test.superuser.query(
          `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%staff%'`,
        );
        return rows.length;
      })
      .toBe(1);
    release.resolve();
    await Promise.all([other, taking]);
    expect(await show('BM13')).toMatchObject({ name: 'Bo Ny', email: 'ny@example.dk', weeklyHours: 20 });
  });
});
