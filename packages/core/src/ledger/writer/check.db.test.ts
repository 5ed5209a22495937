import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../../testing/index.ts';
import { encodeCheckpoint } from '../format/checkpoint.ts';
import { hashLeaf } from '../format/leaf.ts';
import { createLogSigner, makeSeed } from '../format/note.ts';
import { hashLength } from '../format/sha256.ts';
import { appendToTiles } from '../format/tiles.ts';
import { assertSound, checkLedger } from './check.ts';
import { createLedgerWorld, type LedgerWorld } from './fixture.ts';

const tables = [
  'ledger_leaf',
  'ledger_tile',
  'ledger_checkpoint',
  'ledger_log',
  'ledger_key',
  'sequence_head',
  'change_event',
];
const signedSizes = [1, 3, 700, 1500, 3000];

describe('a check of a log', () => {
  let world: LedgerWorld;
  let id: string;
  let origin: string;

  beforeAll(async () => {
    world = await createLedgerWorld();
    id = await world.test.municipality();
    let size = 0;
    for (const next of signedSizes) {
      await world.append(id, next - size);
      expect(await world.sign(id)).toBe('signed');
      size = next;
    }
    origin = (await world.heads(id))[0]?.origin ?? '';
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
  const check = (upTo: bigint | null = null) => checkLedger(world.test.database, id, upTo);
  const found = async (upTo: bigint | null = null) =>
    (await check(upTo)).findings.map(({ kind, index, until, where }) =>
      [
        kind,
        index,
        ...(until === null ? [] : [`to ${until}`]),
        ...(where === null ? [] : [`in ${where}`]),
      ].join(' '),
    );
  /** Moves leaves to other places without two ever being at the same one. */
  const renumber = async (change: string) => {
    await sql(`UPDATE ledger_leaf SET "index" = -1 - (${change}) WHERE "index" IS NOT NULL`);
    await sql(`UPDATE ledger_leaf SET "index" = -1 - "index" WHERE "index" < 0`);
  };
  const flipByte = (column: string, at: number) =>
    `set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1)`;
  const rehash = async (index: number) => {
    const { rows } = await sql('SELECT entry FROM ledger_leaf WHERE "index" = $1', [index]);
    await sql('UPDATE ledger_leaf SET leaf_hash = $2 WHERE "index" = $1', [index, hashLeaf(rows[0]?.entry)]);
  };

  it('finds nothing where nothing was touched, and says how far it looked', async () => {
    expect(await check()).toEqual({ size: 3000n, sound: true, findings: [] });
    for (const size of signedSizes)
      expect(await check(BigInt(size))).toEqual({ size: BigInt(size), sound: true, findings: [] });
  });

  it('goes on while the log grows', async () => {
    const checking = check();
    await world.append(id, 10);
    await world.sign(id);
    expect((await checking).findings).toEqual([]);
    expect(await check()).toMatchObject({ size: 3010n, sound: true });
  });

  it('looks at entries that are placed and not signed yet as well', async () => {
    await world.append(id, 5);
    await world
      .sign(id, { beforeCommit: () => Promise.reject(new Error('not signed')) })
      .catch(() => undefined);
    expect(await check()).toMatchObject({ size: 3000n, sound: true });
    await sql('DELETE FROM ledger_leaf WHERE "index" = 3002');
    expect(await found()).toEqual(['leaf-missing 3000 to 3004']);
  });

  it.each([
    [
      'one byte of an entry',
      `UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" = 1234`,
      ['leaf-changed 1234'],
    ],
    [
      'one byte of the hash beside an entry',
      `UPDATE ledger_leaf SET leaf_hash = ${flipByte('leaf_hash', 5)} WHERE "index" = 1234`,
      ['leaf-changed 1234'],
    ],
    [
      'the first entry',
      `UPDATE ledger_leaf SET entry = ${flipByte('entry', 0)} WHERE "index" = 0`,
      ['leaf-changed 0'],
    ],
    [
      'the last entry',
      `UPDATE ledger_leaf SET entry = ${flipByte('entry', 0)} WHERE "index" = 2999`,
      ['leaf-changed 2999'],
    ],
    [
      'one byte of a tile of level 0',
      `UPDATE ledger_tile SET hashes = ${flipByte('hashes', 210 * 32 + 9)} WHERE level = 0 AND "index" = 4`,
      ['tile-changed 1234 in tile/0/004'],
    ],
    [
      'one byte of a node of the tree',
      `UPDATE ledger_tile SET hashes = ${flipByte('hashes', 4 * 32 + 9)} WHERE level = 1`,
      ['node-changed 1024 to 1279 in tile/1/000'],
    ],
    ['an entry that is gone', `DELETE FROM ledger_leaf WHERE "index" = 1234`, ['leaf-missing 1234']],
    [
      'entries that are gone',
      `DELETE FROM ledger_leaf WHERE "index" BETWEEN 200 AND 900`,
      ['leaf-missing 200 to 900'],
    ],
    [
      'a tile that is gone',
      'DELETE FROM ledger_tile WHERE level = 0 AND "index" = 4',
      ['tile-missing 1024 to 1279 in tile/0/004'],
    ],
    [
      'a tile that is cut short',
      'UPDATE ledger_tile SET hashes = substr(hashes, 1, 320) WHERE level = 0 AND "index" = 4',
      ['tile-missing 1034 to 1279 in tile/0/004'],
    ],
    [
      'a tile of nodes that is gone',
      'DELETE FROM ledger_tile WHERE level = 1',
      ['tile-missing 0 to 2815 in tile/1/000'],
    ],
    [
      'a tile that is longer than the tree',
      'UPDATE ledger_tile SET hashes = hashes || substr(hashes, 1, 32) WHERE level = 0 AND "index" = 11',
      ['tile-added 3000 to 3000 in tile/0/011'],
    ],
    [
      'a tile that nobody needs',
      `INSERT INTO ledger_tile SELECT municipality_id, 2, 0, substr(hashes, 1, 32) FROM ledger_tile WHERE level = 1`,
      ['tile-added 0 to 65535 in tile/2/000'],
    ],
    [
      'an entry after the last',
      `INSERT INTO ledger_leaf (municipality_id, "index", entry, leaf_hash) SELECT municipality_id, 3000, entry, leaf_hash FROM ledger_leaf WHERE "index" = 1`,
      ['leaf-added 3000'],
    ],
    [
      'an entry before the first',
      `INSERT INTO ledger_leaf (municipality_id, "index", entry, leaf_hash) SELECT municipality_id, -1, entry, leaf_hash FROM ledger_leaf WHERE "index" = 1`,
      ['leaf-added  in entry -1'],
    ],
    [
      'a sequence that would give an index twice',
      'UPDATE sequence_head SET ledger_size = 2998',
      ['leaf-added 2998 to 2999 in the sequence'],
    ],
    [
      'a log that forgot how far it is signed',
      'UPDATE ledger_log SET size = 1500',
      [
        'tile-added 1280 to 2815 in tile/1/000',
        'root-mismatch 1500 to 2999 in the size of the log',
        'tile-added 1500 to 1535 in tile/0/005',
      ],
    ],
    [
      'a checkpoint that is gone',
      'DELETE FROM ledger_checkpoint WHERE size = 3000',
      ['unsigned-root 1500 to 2999 in checkpoint 3000'],
    ],
    [
      'a root that was changed beside its signature',
      `UPDATE ledger_checkpoint SET root_hash = ${flipByte('root_hash', 3)} WHERE size = 700`,
      ['root-mismatch  in checkpoint 700'],
    ],
    [
      'a checkpoint whose text was changed',
      `UPDATE ledger_checkpoint SET note = replace(note, E'\\n700\\n', E'\\n701\\n') WHERE size = 700`,
      ['signature-broken  in checkpoint 700'],
    ],
    [
      'a checkpoint that is none',
      `UPDATE ledger_checkpoint SET note = 'x' WHERE size = 700`,
      ['unreadable  in checkpoint 700'],
    ],
    [
      'several of these at once',
      `UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" IN (2, 650, 2000); UPDATE ledger_tile SET hashes = ${flipByte('hashes', 0)} WHERE level = 0 AND "index" IN (3, 9)`,
      [
        'leaf-changed 2',
        'leaf-changed 650',
        'tile-changed 768 in tile/0/003',
        'leaf-changed 2000',
        'tile-changed 2304 in tile/0/009',
      ],
    ],
  ] as const)('finds and names %s', async (_what, breaking, findings) => {
    await sql(breaking);
    expect((await found()).slice(0, findings.length)).toEqual(findings);
    if (findings.length === 1) expect(await found()).toEqual(findings);
  });

  it('finds an entry whose hash was changed with it, by the tree', async () => {
    await sql(`UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" = 1234`);
    await rehash(1234);
    expect(await found()).toEqual(['leaf-changed 1234']);
  });

  it('finds an entry that was changed with its hash and its tile, by the nodes above and by what was signed', async () => {
    await sql(`UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" = 1234`);
    await rehash(1234);
    await sql(
      `UPDATE ledger_tile SET hashes = overlay(hashes PLACING (SELECT leaf_hash FROM ledger_leaf WHERE "index" = 1234) FROM ${210 * 32 + 1})
       WHERE level = 0 AND "index" = 4`,
    );
    expect(await found()).toEqual([
      'root-mismatch 700 to 1499 in checkpoint 1500',
      'node-changed 1024 to 1279 in tile/1/000',
    ]);
  });

  it('finds an entry that was dropped and the rest moved up', async () => {
    await sql('DELETE FROM ledger_leaf WHERE "index" = 1234');
    await renumber('CASE WHEN "index" > 1234 THEN "index" - 1 ELSE "index" END');
    expect(await found()).toEqual(['leaf-missing 1234']);
  });

  it('finds an entry that was added and the rest moved down', async () => {
    await renumber('CASE WHEN "index" > 1234 THEN "index" + 1 ELSE "index" END');
    await sql(
      `INSERT INTO ledger_leaf (municipality_id, "index", entry, leaf_hash) SELECT municipality_id, 1235, entry || ' ', leaf_hash FROM ledger_leaf WHERE "index" = 7`,
    );
    await rehash(1235);
    expect(await found()).toEqual(['leaf-added 1235', 'leaf-added 3000']);
  });

  it.each([
    [1234, 1235],
    [255, 256],
    [700, 2999],
    [5, 800],
  ])('finds two entries that changed places: %i and %i', async (one, other) => {
    await renumber(`CASE "index" WHEN ${one} THEN ${other} WHEN ${other} THEN ${one} ELSE "index" END`);
    expect(await found()).toEqual([`leaves-swapped ${one} to ${other}`]);
  });

  it('finds a checkpoint that another key signed, under the same name or another', async () => {
    const [head] = (await world.heads(id)).slice(2);
    for (const name of [origin, 'example.com/other']) {
      const text = encodeCheckpoint({ origin, size: 700n, root: head?.root ?? Buffer.alloc(32) });
      const note = `${text}\n${createLogSigner(name, makeSeed()).sign(text)}`;
      await sql('UPDATE ledger_checkpoint SET note = $1 WHERE size = 700', [note]);
      expect(await found()).toEqual(['wrong-key  in checkpoint 700']);
    }
  });

  it('accepts what every key signed in its turn, and nothing that it signed out of it', async () => {
    const actor = await world.test.actor(id, ['administrator']);
    await world.write(id, (tx) => world.keys.rotateKey(tx, actor, 'log'));
    await world.sign(id);
    await world.append(id, 4);
    await world.sign(id);
    expect(await check()).toMatchObject({ sound: true });
    const size = Number((await check()).size);
    await sql('UPDATE ledger_key SET from_size = from_size + 100 WHERE retired_at IS NULL');
    expect(await found()).toContain(`wrong-key  in checkpoint ${size}`);
  });

  it('cannot find a history that was rewritten and signed with the true key: that takes a checkpoint kept outside', async () => {
    const kept = (await world.heads(id)).at(-1);
    await sql('DELETE FROM ledger_checkpoint; DELETE FROM ledger_tile; UPDATE ledger_log SET size = 0');
    await sql(`UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" = 1234`);
    await rehash(1234);
    await world.sign(id);
    expect(await check()).toMatchObject({ size: 3000n, sound: true });
    const rewritten = (await world.heads(id)).at(-1);
    expect([rewritten?.size, rewritten?.origin]).toEqual([kept?.size, kept?.origin]);
    expect(rewritten?.root.equals(kept?.root ?? Buffer.alloc(0))).toBe(false);
  });

  it('finds a history that was rewritten and not signed anew', async () => {
    await sql(`UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" = 800`);
    await rehash(800);
    const grown = appendToTiles([], 0n, await world.leafHashes(id));
    for (const { level, index, hashes } of grown.tiles)
      await sql('UPDATE ledger_tile SET hashes = $3 WHERE level = $1 AND "index" = $2', [
        level,
        index,
        hashes,
      ]);
    expect(await found()).toEqual(['root-mismatch 700 to 1499 in checkpoint 1500']);
    expect(await found(700n)).toEqual([]);
  });

  it('tells a hundred breaks and not more', async () => {
    await sql(`UPDATE ledger_leaf SET entry = ${flipByte('entry', 20)} WHERE "index" % 3 = 0`);
    const { sound, findings } = await check();
    expect([sound, findings.length, findings[0]?.index]).toEqual([false, 100, '0']);
  });

  it('stops what would be given out officially, at the first broken entry', async () => {
    await assertSound(world.test.database, id, 1500n);
    await sql(
      `UPDATE ledger_tile SET hashes = ${flipByte('hashes', hashLength)} WHERE level = 0 AND "index" = 5`,
    );
    await assertSound(world.test.database, id, 700n);
    const refusal = await refusalOf(assertSound(world.test.database, id, 1500n));
    expect([refusal.code, refusal.params]).toEqual(['ledger_unsound', { index: '1281' }]);
    expect(await refusalOf(assertSound(world.test.database, id, 1499n))).toMatchObject({
      code: 'checkpoint_unknown',
    });
  });

  it('has nothing to look at before the first signature', async () => {
    const empty = await world.test.municipality('Tom');
    expect(await refusalOf(checkLedger(world.test.database, empty, null))).toMatchObject({
      code: 'ledger_empty',
    });
  });
});
