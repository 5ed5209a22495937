import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../storage/index.ts';
import { refusalOf } from '../../testing/index.ts';
import { encodeCheckpoint } from '../format/checkpoint.ts';
import { hashLeaf } from '../format/leaf.ts';
import { createLogSigner, makeSeed } from '../format/note.ts';
import { verifyExport } from '../verifier/index.ts';
import { exportLedger } from './export.ts';
import { createLedgerWorld, type LedgerWorld } from './fixture.ts';

const tables = [
  'ledger_leaf',
  'ledger_tile',
  'ledger_checkpoint',
  'ledger_log',
  'sequence_head',
  'change_event',
];
const signedSizes = [1, 3, 700, 1500, 3000];

describe('an export of a log', () => {
  let world: LedgerWorld;
  let id: string;
  let verifierKeys: string[];

  beforeAll(async () => {
    world = await createLedgerWorld();
    id = await world.test.municipality();
    let size = 0;
    for (const next of signedSizes) {
      await world.append(id, next - size);
      expect(await world.sign(id)).toBe('signed');
      size = next;
    }
    verifierKeys = await world.write(id, async (tx) => [
      (await world.keys.readSigner(tx, id, 'log')).verifier.verifierKey,
    ]);
    for (const table of tables) await sql(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
  });
  afterEach(async () => {
    await sql('BEGIN; SET LOCAL session_replication_role = replica');
    for (const table of tables) {
      await sql(`DELETE FROM ${table}`);
      await sql(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept_${table}`);
    }
    await sql('COMMIT');
  });
  afterAll(() => world.close());

  const sql = (text: string, values: unknown[] = []) => world.test.superuser.query(text, values);
  const exported = async (size: bigint | null = null): Promise<Buffer> =>
    buffer((await exportLedger(world.test.database, id, size)).bytes);
  const verify = async (options: { readonly against?: string; readonly keys?: readonly string[] } = {}) =>
    verifyExport((await exportLedger(world.test.database, id, null)).bytes, {
      verifierKeys: options.keys ?? verifierKeys,
      ...(options.against === undefined ? {} : { against: options.against }),
    });
  const flipByte = (column: string, at: number) =>
    `set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1)`;
  const rehash = async (index: number) => {
    const { rows } = await sql('SELECT entry FROM ledger_leaf WHERE "index" = $1', [index]);
    await sql('UPDATE ledger_leaf SET leaf_hash = $2 WHERE "index" = $1', [index, hashLeaf(rows[0]?.entry)]);
  };

  it('is accepted by whoever has the key and nothing else', async () => {
    expect(await verify()).toMatchObject({ size: 3000n, findings: [] });
  });

  it('is a tar that other programs read, with everything in its order', async () => {
    const names: string[] = [];
    for await (const entry of Readable.from([await exported()]).pipe(extract())) {
      names.push(entry.header.name);
      entry.resume();
    }
    expect(names.slice(0, 9)).toEqual([
      'format.json',
      'keys',
      'checkpoint',
      ...signedSizes.slice(0, -1).map((size) => `checkpoints/${size}`),
      'tile/entries/000',
      'tile/0/000',
    ]);
    expect(names.slice(-3)).toEqual(['tile/entries/011.p/184', 'tile/0/011.p/184', 'tile/1/000.p/11']);
  });

  it('of the same size is the same bytes, though the log has grown', async () => {
    const [earlier, whole] = [await exported(700n), await exported()];
    await world.append(id, 300);
    await world.sign(id);
    expect((await exported(700n)).equals(earlier)).toBe(true);
    expect((await exported(3000n)).equals(whole)).toBe(true);
    expect(await verifyExport(Readable.from([earlier]), { verifierKeys })).toMatchObject({
      size: 700n,
      findings: [],
    });
    expect(await verify()).toMatchObject({ size: 3300n, findings: [] });
  });

  it('is of a size that was signed, or not at all', async () => {
    expect(await refusalOf(exportLedger(world.test.database, id, 701n))).toMatchObject({
      code: 'checkpoint_unknown',
    });
    const empty = await world.test.municipality('Tom');
    expect(await refusalOf(exportLedger(world.test.database, empty, null))).toMatchObject({
      code: 'ledger_empty',
    });
  });

  it('is read while it is taken, and not further than it is taken', async () => {
    let reads = 0;
    const counted: Pick<Database, 'read'> = {
      read: (municipalityId, work) => {
        reads += 1;
        return world.test.database.read(municipalityId, work);
      },
    };
    const { bytes } = await exportLedger(counted, id, null);
    const stream = Readable.from(bytes, { objectMode: false });
    for await (const _piece of stream) break;
    const before = reads;
    expect(stream.destroyed).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toBe(before);
    const { bytes: whole } = await exportLedger(counted, id, null);
    await buffer(whole);
    expect(reads - before).toBeGreaterThan(before);
  });

  it.each([
    [
      'one byte of an entry',
      `UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" = 1234`,
      'leaf-changed',
      '1234',
    ],
    [
      'one byte of a tile',
      `UPDATE ledger_tile SET hashes = ${flipByte('hashes', 210 * 32 + 9)} WHERE level = 0 AND "index" = 4`,
      'tile-changed',
      '1234',
    ],
    [
      'one byte of a node of the tree',
      `UPDATE ledger_tile SET hashes = ${flipByte('hashes', 4 * 32 + 9)} WHERE level = 1`,
      'node-changed',
      '1024',
    ],
    ['an entry that is gone', `DELETE FROM ledger_leaf WHERE "index" = 1234`, 'leaf-missing', '1234'],
  ])('tells what is stored as it is: whoever verifies it finds %s', async (_what, breaking, kind, index) => {
    await sql(breaking);
    expect((await verify()).findings[0]).toMatchObject({ kind, index });
  });

  it('lets entries that changed places, and those that were added, be found', async () => {
    const renumber = async (change: string) => {
      await sql(`UPDATE ledger_leaf SET "index" = -1 - (${change}) WHERE "index" IS NOT NULL`);
      await sql(`UPDATE ledger_leaf SET "index" = -1 - "index" WHERE "index" < 0`);
    };
    await renumber('CASE "index" WHEN 1234 THEN 1235 WHEN 1235 THEN 1234 ELSE "index" END');
    expect((await verify()).findings[0]).toMatchObject({ kind: 'leaves-swapped', index: '1234' });
    await renumber('CASE "index" WHEN 1234 THEN 1235 WHEN 1235 THEN 1234 ELSE "index" END');
    expect((await verify()).findings).toEqual([]);
    await renumber('CASE WHEN "index" > 1234 THEN "index" + 1 ELSE "index" END');
    await sql(
      `INSERT INTO ledger_leaf (municipality_id, "index", entry, leaf_hash) SELECT municipality_id, 1235, entry || ' ', leaf_hash FROM ledger_leaf WHERE "index" = 7`,
    );
    expect((await verify()).findings[0]).toMatchObject({ kind: 'leaf-added', index: '1235' });
  });

  it('lets a checkpoint that another key signed be found', async () => {
    const head = (await world.heads(id)).at(-1);
    if (head === undefined) throw new Error('it was signed');
    const text = encodeCheckpoint(head);
    const note = `${text}\n${createLogSigner(head.origin, makeSeed()).sign(text)}`;
    await sql('UPDATE ledger_checkpoint SET note = $1 WHERE size = 3000', [note]);
    expect((await verify()).findings[0]).toMatchObject({ kind: 'wrong-key' });
  });

  it('lets a history that was rewritten and signed with the true key be found by whoever kept a checkpoint', async () => {
    const kept = (await world.heads(id)).find(({ size }) => size === 1500n)?.note ?? '';
    expect((await verify({ against: kept })).findings).toEqual([]);
    await sql('DELETE FROM ledger_checkpoint; DELETE FROM ledger_tile; UPDATE ledger_log SET size = 0');
    await sql(`UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" = 1234`);
    await rehash(1234);
    await world.sign(id);
    expect((await verify()).findings).toEqual([]);
    expect((await verify({ against: kept })).findings).toMatchObject([{ kind: 'not-an-extension' }]);
  });
});
