import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { type Caller, startTestApp, type TestApp } from '../../testing/index.ts';
import { createSpool } from './spool.ts';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}
const people = (rows: number): string =>
  [
    'initialer;navn;rolle',
    ...Array.from({ length: rows }, (_, n) => `AA${n};Navn ${n};bostøttemedarbejder`),
  ].join('\n');

describe('importing a file at the API', () => {
  let app: TestApp;
  let admin: Caller;

  beforeAll(async () => {
    app = await startTestApp();
    admin = await app.caller(await app.test.municipality(), ['administrator']);
  });
  afterAll(() => app.close());

  const importStaff = (text: string, query: { run?: string; dryRun?: 'true' } = {}) =>
    admin.call(api.imports.staff, { query, file: bytes(text) });
  const headcount = async () =>
    (await admin.call(api.identity.listStaff, { query: { limit: 200 } })).items.length;

  it('writes nothing in a dry run, whose counts are those of the real one', async () => {
    const before = await headcount();
    const dry = await importStaff(people(5), { dryRun: 'true' });
    expect(await headcount()).toBe(before);
    const real = await importStaff(people(5));
    expect(await headcount()).toBe(before + 5);
    expect([dry.created, dry.updated, dry.unchanged]).toEqual([real.created, real.updated, real.unchanged]);
  });

  it('ends the run in the transaction that wrote the rows, and can be looked at afterwards', async () => {
    const run = randomUUID();
    await importStaff(people(7), { run });
    expect(await admin.call(api.imports.show, { params: { id: run } })).toMatchObject({
      state: 'done',
      rows: 7,
      problemCount: 0,
    });
  });

  it('refuses the id of an earlier run instead of passing its result off as that of another file', async () => {
    const run = randomUUID();
    await importStaff(people(3), { run });
    await expect(importStaff(people(9), { run })).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('shows a run to nobody but the one who started it', async () => {
    const run = randomUUID();
    await importStaff(people(1), { run });
    const colleague = await app.caller(admin.actor.municipalityId, ['administrator']);
    await expect(colleague.call(api.imports.show, { params: { id: run } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('leaves neither rows nor file behind when a row is bad', async () => {
    const before = await headcount();
    await expect(importStaff(`${people(2)}\nAA9;;leder`)).rejects.toMatchObject({ code: 'import_rejected' });
    expect(await headcount()).toBe(before);
    expect(await readdir(path.join(app.folder, 'spool'))).toEqual([]);
  });

  it('takes a few at once and asks the rest to come again', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => importStaff(people(150))));
    const refused = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map((outcome) => outcome.reason as { code: string });
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(12);
    expect(new Set(refused.map((error) => error.code))).toEqual(new Set(['unavailable']));
  });
});

describe('a spooled file', () => {
  it('cannot be read on disk, and its reader can leave in the middle', async () => {
    const folder = path.join(tmpdir(), `naer-spool-${randomUUID()}`);
    const spool = await createSpool(folder);
    const kept = await spool.keep(bytes('Kanariefugl '.repeat(50_000)));
    for await (const piece of kept.source()) {
      expect(Buffer.from(piece).toString('utf8')).toContain('Kanariefugl');
      break;
    }
    await kept.dispose();
    expect(await readdir(folder)).toEqual([]);
    // The file is gone: whoever reads is told, and nobody else is.
    const readAgain = async () => {
      for await (const piece of kept.source()) expect(piece.length).toBeGreaterThan(0);
    };
    await expect(readAgain()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
