import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, type Checkpoint } from '../../contract/index.ts';
import { ManualClock } from '../../kernel/clock.ts';
import {
  createLogSigner,
  createWitnessSigner,
  emptyRoot,
  encodeCheckpoint,
  encodeWitnessRequest,
  hashLeaf,
  makeSeed,
  parseVerifierKey,
  tilePath,
  verifyConsistency,
  verifyNote,
} from '../../ledger/index.ts';
import { verifyExport, verifyProofFile } from '../../ledger/verifier/index.ts';
import { createChangeEvents } from '../../storage/index.ts';
import { aCitizen, type Caller, startTestApp, type TestApp } from '../../testing/index.ts';
import { seedLegalBases } from '../citizens/index.ts';
import { checkLedgerByNight } from './ledger-night.ts';

const routes = api.ledger;

/** An installation with one municipality, whose log begins with a few entries. */
async function startInstallation(name: string) {
  const clock = new ManualClock('2026-11-24T12:00:00.500Z');
  const running: TestApp = await startTestApp({ clock });
  const municipalityId = await running.test.municipality(name);
  await running.test.database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const chief = await running.caller(municipalityId, ['administrator', 'coordinator'], 'CHEF');
  /** What is committed waits to be signed; nothing waits once it is. */
  const signedAfter = async (work: () => Promise<unknown>): Promise<Checkpoint> => {
    await work();
    for (;;) {
      const { checkpoint, waiting } = await chief.call(routes.head, {});
      if (checkpoint !== null && waiting === 0) return checkpoint;
      await delay(40);
    }
  };
  const grow = (teams: number) =>
    signedAfter(async () => {
      for (let n = 0; n < teams; n += 1)
        await chief.call(api.identity.createTeam, { body: { name: `Team ${randomUUID()}` } });
    });
  const first = await grow(3);
  const keyOf = async (purpose: 'log' | 'witness'): Promise<string> => {
    const { items } = await chief.call(routes.listKeys, {});
    const key = items.find((each) => each.purpose === purpose && each.retiredAt === null);
    return key?.verifierKey ?? '';
  };
  return { ...running, running, clock, municipalityId, chief, grow, signedAfter, first, keyOf };
}
type Installation = Awaited<ReturnType<typeof startInstallation>>;

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'not refused',
    (error: unknown) => error,
  );

describe("a municipality's log at the API", () => {
  let nord: Installation;
  let syd: Installation;
  let chief: Caller;
  beforeAll(async () => {
    [nord, syd] = await Promise.all([
      startInstallation('Nordby Kommune'),
      startInstallation('Sydby Kommune'),
    ]);
    chief = nord.chief;
  });
  afterAll(async () => {
    await nord.close();
    await syd.close();
  });
  const exportOf = async (path = '/api/v1/ledger/export'): Promise<AsyncIterable<Uint8Array>> => {
    const answer = await chief.fetch(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-tar']);
    return Readable.from([Buffer.from(await answer.arrayBuffer())]);
  };

  it('shows the signed head, what waits, its entries and its checkpoints', async () => {
    const { checkpoint, waiting } = await chief.call(routes.head, {});
    expect([checkpoint?.size, waiting]).toEqual([nord.first.size, 0]);
    const { items } = await chief.call(routes.listLeaves, {});
    expect(items.map(({ index }) => index)).toEqual(['0', '1', '2']);
    const [, second] = items;
    expect(await chief.call(routes.showLeaf, { params: { index: '1' } })).toEqual(second);
    expect(hashLeaf(Buffer.from(second?.entry ?? '')).toString('base64')).toBe(second?.leafHash);
    const newer = await nord.grow(2);
    nord.clock.advance(60_000);
    const newest = await nord.grow(1);
    const listed = await chief.call(routes.listCheckpoints, { query: { limit: 2 } });
    expect(listed.items.map(({ size }) => size)).toEqual([newest.size, newer.size]);
    const rest = await chief.call(routes.listCheckpoints, { query: { cursor: listed.next ?? '' } });
    expect(rest.items.at(0)?.size).not.toBe(newer.size);
    const before = await chief.call(routes.listCheckpoints, {
      query: { limit: 1, signedBefore: newer.signedAt },
    });
    expect(before.items).toEqual([newer]);
    expect(await chief.call(routes.showCheckpoint, { params: { size: newer.size } })).toEqual(newer);
    expect(await refusal(chief.call(routes.showCheckpoint, { params: { size: '999' } }))).toMatchObject({
      code: 'checkpoint_unknown',
    });
    expect(await refusal(chief.call(routes.showLeaf, { params: { index: '999' } }))).toMatchObject({
      code: 'not_found',
    });
  });

  it('proves that an entry is in it, and that it extends what it was, to whoever has the key', async () => {
    const [small, head] = [nord.first, await nord.grow(4)];
    const verifierKeys = [await nord.keyOf('log')];
    const leaf = await chief.call(routes.showLeaf, { params: { index: '2' } });
    for (const size of [small.size, undefined]) {
      const proved = await chief.call(routes.proveInclusion, {
        query: { index: '2', ...(size === undefined ? {} : { size }) },
      });
      const verdict = verifyProofFile(proved.proof, { verifierKeys, entry: Buffer.from(leaf.entry) });
      expect([proved.size, verdict.findings]).toEqual([size ?? head.size, []]);
    }
    const grown = await chief.call(routes.proveConsistency, { query: { from: small.size } });
    expect(
      verifyConsistency({
        from: BigInt(small.size),
        fromRoot: Buffer.from(small.rootHash, 'base64'),
        size: BigInt(head.size),
        root: Buffer.from(grown.checkpoint.rootHash, 'base64'),
        proof: grown.hashes.map((hash) => Buffer.from(hash, 'base64')),
      }),
    ).toBe(true);
    for (const query of [{ from: '9999' }, { from: '3', size: '99999' }])
      expect(await refusal(chief.call(routes.proveConsistency, { query }))).toMatchObject({
        code: query.size === undefined ? 'tree_size_unknown' : 'checkpoint_unknown',
      });
    expect(await refusal(chief.call(routes.proveInclusion, { query: { index: head.size } }))).toMatchObject({
      code: 'tree_size_unknown',
    });
  });

  it('gives out no proof that does not lead to what was signed', async () => {
    const { superuser } = nord.test;
    const { rows } = await superuser.query('SELECT hashes FROM ledger_tile');
    await superuser.query('UPDATE ledger_tile SET hashes = set_byte(hashes, 33, get_byte(hashes, 33) # 1)');
    try {
      expect(await refusal(chief.call(routes.proveInclusion, { query: { index: '0' } }))).toMatchObject({
        code: 'ledger_unsound',
      });
      expect(await refusal(chief.call(routes.proveConsistency, { query: { from: '1' } }))).toMatchObject({
        code: 'ledger_unsound',
      });
    } finally {
      await superuser.query('UPDATE ledger_tile SET hashes = $1', [rows[0]?.hashes]);
    }
  });

  it('says that it is broken, and not that somebody asked wrongly, where a signed entry is gone', async () => {
    const { superuser } = nord.test;
    await superuser.query('CREATE TABLE taken AS SELECT * FROM ledger_leaf WHERE "index" = 1');
    await superuser.query('DELETE FROM ledger_leaf WHERE "index" = 1');
    try {
      for (const asked of [
        chief.call(routes.showLeaf, { params: { index: '1' } }),
        chief.call(routes.proveInclusion, { query: { index: '1' } }),
      ])
        expect(await refusal(asked)).toMatchObject({ code: 'ledger_unsound', params: { index: '1' } });
    } finally {
      await superuser.query('INSERT INTO ledger_leaf OVERRIDING SYSTEM VALUE SELECT * FROM taken');
      await superuser.query('DROP TABLE taken');
    }
  });

  it('can be taken away whole and verified anywhere, at any size that was signed', async () => {
    const verifierKeys = [await nord.keyOf('log')];
    const { checkpoint } = await chief.call(routes.head, {});
    expect(await verifyExport(await exportOf(), { verifierKeys })).toMatchObject({
      size: BigInt(checkpoint?.size ?? 0),
      findings: [],
    });
    const path = `/api/v1/ledger/export?size=${nord.first.size}`;
    expect(await verifyExport(await exportOf(path), { verifierKeys })).toMatchObject({
      size: BigInt(nord.first.size),
      findings: [],
    });
    expect((await chief.fetch('/api/v1/ledger/export?size=99999')).status).toBe(404);
  });

  it('survives somebody who takes the beginning of an export and goes', async () => {
    const asked = request(`${nord.url}/api/v1/ledger/export`, {
      headers: { authorization: `Bearer ${chief.token}` },
    });
    asked.end();
    const [answer] = await once(asked, 'response');
    await once(answer as Readable, 'readable');
    asked.destroy();
    await once(asked, 'close');
    expect((await chief.call(routes.head, {})).checkpoint).not.toBeNull();
  });

  it('is checked when asked, and says so from then on and to those who listen', async () => {
    const checked = await chief.call(routes.check, {});
    const { checkpoint, lastCheck } = await chief.call(routes.head, {});
    expect(checked).toMatchObject({ size: checkpoint?.size, sound: true, findings: [] });
    expect(lastCheck).toEqual({ size: checked.size, sound: true, checkedAt: checked.checkedAt });
    const { superuser } = nord.test;
    await superuser.query(`UPDATE ledger_leaf SET entry = entry || ' ' WHERE "index" = 1`);
    const broken = await chief.call(routes.check, {});
    expect(broken).toMatchObject({ sound: false, findings: [{ kind: 'leaf-changed', index: '1' }] });
    expect((await chief.call(routes.head, {})).lastCheck?.sound).toBe(false);
    await superuser.query(
      `UPDATE ledger_leaf SET entry = substr(entry, 1, length(entry) - 1) WHERE "index" = 1`,
    );
    expect((await chief.call(routes.check, {})).sound).toBe(true);
    const { rows } = await superuser.query(
      `SELECT entity_kind, entity_id, data FROM change_event WHERE type = 'ledger.checked' ORDER BY pending_id`,
    );
    expect(rows.slice(0, 2)).toEqual([
      {
        entity_kind: 'ledger',
        entity_id: checkpoint?.origin,
        data: { size: checked.size, sound: true, findings: 0 },
      },
      {
        entity_kind: 'ledger',
        entity_id: checkpoint?.origin,
        data: { size: broken.size, sound: false, findings: 1 },
      },
    ]);
  });

  it('is read once where several ask for a check at once', async () => {
    const kept = async () => Number((await nord.test.superuser.query('SELECT 1 FROM ledger_check')).rowCount);
    const before = await kept();
    const answers = await Promise.all([1, 2, 3].map(() => chief.call(routes.check, {})));
    expect(new Set(answers.map(({ checkedAt, size }) => `${checkedAt} ${size}`)).size).toBe(1);
    expect(await kept()).toBeLessThan(before + 3);
  });

  it('is checked by night, which is quiet unless something is broken', async () => {
    const { database, superuser } = nord.test;
    const deps = { database, clock: nord.clock, changes: createChangeEvents({ clock: nord.clock }) };
    await checkLedgerByNight(deps, await nord.test.municipality('Tom'));
    await checkLedgerByNight(deps, nord.municipalityId);
    await superuser.query('UPDATE ledger_log SET size = size - 1');
    const broken = await refusal(checkLedgerByNight(deps, nord.municipalityId));
    await superuser.query('UPDATE ledger_log SET size = size + 1');
    expect(String(broken)).toMatch(/^LedgerBroken: the log of \d+ entries is broken: /);
    expect((await chief.call(routes.head, {})).lastCheck?.sound).toBe(false);
  });

  it('goes on under another key, and what the old one signed stays good', async () => {
    const old = await nord.keyOf('log');
    const idempotencyKey = randomUUID();
    const made = await chief.call(routes.rotateKey, { body: {}, idempotencyKey });
    expect(await chief.call(routes.rotateKey, { body: {}, idempotencyKey })).toEqual(made);
    const head = await nord.grow(2);
    expect(head.keyId).toBe(made.keyId);
    expect(made.verifierKey).not.toBe(old);
    const { items } = await chief.call(routes.listKeys, {});
    expect(
      items
        .filter(({ purpose }) => purpose === 'log')
        .map((key) => [key.verifierKey, key.retiredAt === null]),
    ).toEqual([
      [old, false],
      [made.verifierKey, true],
    ]);
    expect((await chief.call(routes.check, {})).sound).toBe(true);
    const verdict = await verifyExport(await exportOf(), { verifierKeys: [old, made.verifierKey] });
    expect(verdict.findings).toEqual([]);
  });

  it('stays whole when a citizen is erased, and says nothing that leads to them', async () => {
    const body = aCitizen({ identity: { name: 'Solvej Prøvestad' } });
    const { code } = await chief.call(api.citizens.register, { body });
    const { superuser } = nord.test;
    const ids = await superuser.query<{ id: string; subject: string }>(
      `SELECT c.id, v.* FROM citizen c JOIN citizen_vault v ON v.municipality_id = c.municipality_id AND v.citizen_id = c.id WHERE c.code = $1`,
      [code],
    );
    const head = await nord.signedAfter(() =>
      chief.call(api.citizens.erase, { params: { code }, body: { reason: 'data-subject-request' } }),
    );
    const { items } = await chief.call(routes.listLeaves, { query: { limit: 200 } });
    const told = items.map(({ entry }) => entry);
    const subjects = told.flatMap((entry) => /"subject":"([^"]+)"/.exec(entry)?.[1] ?? []);
    expect(told.some((entry) => entry.includes('citizen.erased'))).toBe(true);
    for (const secret of [code, ids.rows[0]?.id ?? 'x', 'Solvej', body.identity.reference ?? 'x'])
      expect(told.filter((entry) => entry.includes(secret))).toEqual([]);
    // Nothing that is stored leads from the random id in the leaves back to a row of a citizen.
    const { rows: columns } = await superuser.query<{ table: string; name: string }>(`
      SELECT table_name AS table, column_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type IN ('uuid', 'text') AND table_name NOT LIKE 'ledger%'`);
    for (const { table, name } of columns) {
      const { rowCount } = await superuser.query(`SELECT 1 FROM ${table} WHERE "${name}"::text = ANY ($1)`, [
        [...new Set(subjects)],
      ]);
      expect([table, name, rowCount]).toEqual([table, name, 0]);
    }
    expect(await chief.call(routes.check, {})).toMatchObject({ size: head.size, sound: true });
  });

  describe('and its witnesses', () => {
    it('are two installations that witness each other by files', async () => {
      const auditor = await syd.running.caller(syd.municipalityId, ['it-auditor']);
      const cosign = async (size?: string, from = '0') => {
        const { request: file } = await chief.call(routes.askWitness, {
          query: { from, ...(size === undefined ? {} : { size }) },
        });
        return auditor.call(routes.cosign, { body: { request: file, verifierKey: await nord.keyOf('log') } });
      };
      const head = await nord.grow(1);
      const given = await cosign(head.size);
      expect([given.origin, given.size, given.cosignedAt]).toEqual([
        head.origin,
        head.size,
        '2026-11-24T12:00:00.000Z',
      ]);
      // The same head again is the same cosignature.
      expect(await cosign(head.size)).toEqual(given);
      expect(
        await refusal(chief.call(routes.addCosignature, { body: { note: given.signature } })),
      ).toMatchObject({
        code: 'cosignature_refused',
      });
      const verifierKey = await syd.keyOf('witness');
      const witness = await chief.call(routes.trustWitness, { body: { verifierKey } });
      expect(witness).toMatchObject({ name: parseVerifierKey(verifierKey).name, by: 'CHEF', endedAt: null });
      expect(await chief.call(routes.trustWitness, { body: { verifierKey } })).toEqual(witness);

      const kept = await chief.call(routes.addCosignature, { body: { note: given.signature } });
      expect([kept.size, kept.cosignedBy]).toEqual([head.size, [witness.name]]);
      expect(kept.note).toBe(head.note + given.signature);
      const { verified } = verifyNote(kept.note, [parseVerifierKey(verifierKey)]);
      expect(verified.map(({ at }) => at?.toISOString())).toEqual([given.cosignedAt]);
      expect((await chief.call(routes.check, {})).sound).toBe(true);
      expect(
        (
          await verifyExport(await exportOf(`/api/v1/ledger/export?size=${head.size}`), {
            verifierKeys: [...(await allKeys()), verifierKey],
          })
        ).cosignedBy,
      ).toEqual([witness.name]);

      // It grew: what the witness saw is where the next proof begins.
      const next = await nord.grow(3);
      expect(await refusal(cosign(next.size))).toMatchObject({
        code: 'witness_request_refused',
        details: { reason: 'other-size', seen: head.size },
      });
      const again = await cosign(next.size, head.size);
      const whole = await chief.call(routes.addCosignature, { body: { note: next.note + again.signature } });
      expect([whole.size, whole.cosignedBy]).toEqual([next.size, [witness.name]]);

      expect(await refusal(cosign(head.size))).toMatchObject({ code: 'witness_request_refused' });
      await nord.signedAfter(() => chief.call(routes.endWitness, { params: { id: witness.id } }));
      expect(
        await refusal(chief.call(routes.addCosignature, { body: { note: again.signature } })),
      ).toMatchObject({ code: 'cosignature_refused' });
      expect((await chief.call(routes.listWitnesses, {})).items).toMatchObject([
        { id: witness.id, endedAt: expect.any(String), cosignedSize: next.size },
      ]);
      const { items } = await chief.call(routes.listLeaves, { query: { limit: 200 } });
      const told = items.map(({ entry }) => JSON.parse(entry).entry);
      expect(told.filter(({ type }) => type.startsWith('ledger.witness'))).toEqual([
        { type: 'ledger.witness-trusted', witness: witness.id },
        { type: 'ledger.witness-ended', witness: witness.id },
      ]);
    });
    const allKeys = async () =>
      (await chief.call(routes.listKeys, {})).items
        .filter(({ purpose }) => purpose === 'log')
        .map(({ verifierKey }) => verifierKey);

    it('cosign no log that shrank, that was rewritten, or that another key signed', async () => {
      const log = createLogSigner('log.example/one', makeSeed());
      const other = createLogSigner('log.example/one', makeSeed());
      const roots = [emptyRoot, hashLeaf(Buffer.from('a')), hashLeaf(Buffer.from('b'))];
      const ask = (size: bigint, root: Buffer, { from = 0n, signer = log, proof = [] as Buffer[] } = {}) => {
        const text = encodeCheckpoint({ origin: 'log.example/one', size, root });
        const file = encodeWitnessRequest({ from, proof, checkpoint: `${text}\n${signer.sign(text)}` });
        return chief.call(routes.cosign, { body: { request: file, verifierKey: log.verifier.verifierKey } });
      };
      const [empty = emptyRoot, one = emptyRoot, two = emptyRoot] = roots;
      expect((await ask(5n, one)).size).toBe('5');
      const reasonOf = async (asked: Promise<unknown>) => {
        const error = await refusal(asked);
        return [
          Reflect.get(Object(error), 'code'),
          Reflect.get(Object(Reflect.get(Object(error), 'details')), 'reason'),
        ];
      };
      for (const [asked, reason] of [
        [() => ask(5n, two, { from: 5n }), 'not-an-extension'],
        [() => ask(4n, two, { from: 4n }), 'smaller'],
        [() => ask(6n, two, { from: 5n, proof: [empty] }), 'not-an-extension'],
        [() => ask(6n, two), 'other-size'],
        [() => ask(6n, two, { signer: other }), 'wrong-key'],
      ] as const)
        expect(await reasonOf(asked())).toEqual(['witness_request_refused', reason]);
      const { rows } = await nord.test.superuser.query(
        `SELECT size FROM ledger_witnessed WHERE origin = 'log.example/one'`,
      );
      expect(rows).toEqual([{ size: '5' }]);
    });

    it('add nothing to a checkpoint that they signed with something more below it', async () => {
      const head = await nord.grow(1);
      const witness = createWitnessSigner('w.example/bilag', makeSeed());
      await chief.call(routes.trustWitness, { body: { verifierKey: witness.verifier.verifierKey } });
      const text = `${head.note.slice(0, head.note.indexOf('\n\n') + 1)}\nbilag\n`;
      const note = `${text}\n${witness.sign(text, nord.clock.now())}`;
      expect(await refusal(chief.call(routes.addCosignature, { body: { note } }))).toMatchObject({
        code: 'cosignature_refused',
      });
      expect((await chief.call(routes.showCheckpoint, { params: { size: head.size } })).cosignedBy).toEqual(
        [],
      );
    });

    it('are asked by two at once, and build upon what the first one left', async () => {
      const log = createLogSigner('log.example/two', makeSeed());
      const asked = [1n, 2n].map((size) => {
        const text = encodeCheckpoint({
          origin: 'log.example/two',
          size,
          root: hashLeaf(Buffer.from([Number(size)])),
        });
        const file = encodeWitnessRequest({ from: 0n, proof: [], checkpoint: `${text}\n${log.sign(text)}` });
        return chief.call(routes.cosign, { body: { request: file, verifierKey: log.verifier.verifierKey } });
      });
      const outcomes = await Promise.allSettled(asked);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('are nobody whose key is none, is for a log, or is our own', async () => {
      const own =
        (await nord.keyOf('witness')) ||
        (await chief.call(routes.rotateKey, { body: { purpose: 'witness' } })).verifierKey;
      for (const verifierKey of [
        'ikke en nøgle',
        createLogSigner('log.example/x', makeSeed()).verifier.verifierKey,
        createWitnessSigner('w.example/x', makeSeed()).verifier.verifierKey.replace(
          'w.example',
          'w2.example',
        ),
        own,
      ])
        expect(await refusal(chief.call(routes.trustWitness, { body: { verifierKey } }))).toMatchObject({
          code: 'verifier_key_invalid',
        });
    });
  });

  describe('for everybody', () => {
    const get = (path: string, from = nord.municipalityId) => fetch(`${nord.url}/ledger/${from}/${path}`);

    it('shows keys and the signed head without a token', async () => {
      const keys = await get('keys');
      expect([keys.status, keys.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      const listed = (await chief.call(routes.listKeys, {})).items.map(
        ({ purpose, verifierKey, fromSize }) =>
          purpose === 'log' ? `${verifierKey} ${fromSize}` : verifierKey,
      );
      expect((await keys.text()).trimEnd().split('\n')).toEqual(listed);
      const head = await get('checkpoint');
      expect(await head.text()).toBe((await chief.call(routes.head, {})).checkpoint?.note);
      expect(head.headers.get('cache-control')).toBe('public, max-age=5');
    });

    it('shows the keys also where one was made for the contributions to a joint programme', async () => {
      await chief.call(api.programme.lead, {
        body: {
          name: 'Sammen',
          startsOn: '2026-11-01',
          milestones: [
            {
              id: 'M1',
              due: '2026-12-31',
              da: 'Den første borger',
              en: 'The first citizen',
              needs: [{ kind: 'measure', measure: 'has-received', atLeast: 1 }],
            },
          ],
        },
      });
      const { items } = await chief.call(routes.listKeys, {});
      expect(items.map(({ purpose }) => purpose)).toContain('log');
      expect((await get('keys')).status).toBe(200);
    });

    it('gives the hashes of the tree, for good, and never an entry', async () => {
      const { items } = await chief.call(routes.listLeaves, { query: { limit: 5 } });
      const tile = await get(tilePath(0, 0n, 5));
      expect([tile.status, tile.headers.get('content-type'), tile.headers.get('cache-control')]).toEqual([
        200,
        'application/octet-stream',
        'public, max-age=31536000, immutable',
      ]);
      expect(Buffer.from(await tile.arrayBuffer()).toString('hex')).toBe(
        Buffer.concat(items.map(({ leafHash }) => Buffer.from(leafHash, 'base64'))).toString('hex'),
      );
      for (const path of [
        'tile/entries/000.p/5',
        'tile/entries/000',
        'tile/0/000',
        'tile/0/000.p/250',
        'tile/0/000.p/0',
        'tile/0/001',
        'tile/0/x000/000',
        'tile/64/000',
        'tile/0/x999/x999/x999/x999/999',
        'tile/0/000.p/5/5',
        'tile/0/..%2f..',
      ]) {
        const answer = await get(path);
        expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
          path,
          404,
          'application/problem+json; charset=utf-8',
        ]);
      }
    });

    it('lets no one keep the tree of a demo municipality, which is made anew under the same address', async () => {
      await nord.test.superuser.query('UPDATE municipality SET is_demo = true WHERE id = $1', [
        nord.municipalityId,
      ]);
      try {
        const tile = await get(tilePath(0, 0n, 5));
        expect([tile.status, tile.headers.get('cache-control')]).toEqual([200, 'public, max-age=5']);
      } finally {
        await nord.test.superuser.query('UPDATE municipality SET is_demo = false WHERE id = $1', [
          nord.municipalityId,
        ]);
      }
    });

    it('knows nothing of a municipality that is not there', async () => {
      for (const who of [randomUUID(), 'x', syd.municipalityId])
        for (const path of ['keys', 'checkpoint', 'tile/0/000.p/1'])
          expect([path, (await get(path, who)).status]).toEqual([path, 404]);
    });
  });
});
