import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSequencer, type Sequencer } from '../../storage/index.ts';
import { createLedgerWorld, type LedgerWorld, plainRoot, readTrueHeads } from './fixture.ts';
import { createLedgerSigning, type LedgerSigningOptions, unsignedLeavesSql } from './signing.ts';
import { SigningRefused } from './tree.ts';

describe('a log', () => {
  let world: LedgerWorld;
  const open: Sequencer[] = [];

  beforeAll(async () => {
    world = await createLedgerWorld();
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  afterAll(() => world.close());

  const startSequencer = (
    options: { signEveryMs?: number; pollMs?: number; onError?: LedgerSigningOptions['onError'] } = {},
  ): Sequencer => {
    const { signEveryMs = 20, pollMs = 5, onError = () => undefined } = options;
    const { clock, vault } = world;
    const sequencer = createSequencer({
      workerUrl: world.test.logins.workerUrl,
      pollMs,
      takeOverMs: 50,
      afterPlacing: createLedgerSigning({ clock, vault, onError, signEveryMs }),
      onError: () => undefined,
    });
    open.push(sequencer);
    return sequencer;
  };
  const sizes = async (id: string) => (await world.heads(id)).map(({ size }) => Number(size));
  const untilSigned = (id: string, size: number, timeout = 20_000) =>
    expect.poll(async () => (await sizes(id)).at(-1), { timeout, interval: 20 }).toBe(size);

  describe('that is signed', () => {
    it('has a name and a key of its own from its first leaf on, and a signed head for each time it grew', async () => {
      const id = await world.test.municipality('Ærø & Ny-Ålborg Kommune');
      expect(await world.sign(id)).toBe('nothing');
      expect(await world.heads(id)).toEqual([]);
      for (const count of [1, 2, 253, 1, 43, 700]) {
        await world.append(id, count);
        expect(await world.sign(id)).toBe('signed');
        expect(await world.sign(id)).toBe('nothing');
      }
      expect(await sizes(id)).toEqual([1, 3, 256, 257, 300, 1000]);
      await readTrueHeads(world, id);
      const [head] = await world.heads(id);
      expect(head?.origin).toMatch(/^naer\/aeroe-ny-aalborg-kommune\/[0-9a-f]{12}$/);
      expect(head?.note.split('\n').slice(0, 2)).toEqual([head?.origin, '1']);
      expect((await world.events(id)).at(-1)).toEqual({
        type: 'ledger.signed',
        entity_id: head?.origin,
        data: { size: '1000' },
      });
    });

    it('keeps its tiles as the tree has them, full ones and the growing ones', async () => {
      const id = await world.test.municipality();
      await world.append(id, 600);
      await world.sign(id, { leavesAtOnce: 250 });
      await world.sign(id);
      const { rows } = await world.test.superuser.query<{ level: number; index: string; hashes: Buffer }>(
        'SELECT level, "index", hashes FROM ledger_tile WHERE municipality_id = $1 ORDER BY level, "index"',
        [id],
      );
      const hashes = await world.leafHashes(id);
      const tile = (from: number, to: number) => Buffer.concat(hashes.slice(from, to)).toString('hex');
      const above = Buffer.concat([plainRoot(hashes.slice(0, 256)), plainRoot(hashes.slice(256, 512))]);
      expect(rows.map(({ level, index, hashes: bytes }) => [level, index, bytes.toString('hex')])).toEqual([
        [0, '0', tile(0, 256)],
        [0, '1', tile(256, 512)],
        [0, '2', tile(512, 600)],
        [1, '0', above.toString('hex')],
      ]);
    });

    it('takes twenty thousand leaves at once, some of them in each signature', async () => {
      const id = await world.test.municipality();
      await world.append(id, 20_000);
      expect(await world.sign(id)).toBe('more');
      startSequencer();
      await untilSigned(id, 20_000);
      await readTrueHeads(world, id);
      const { rows } = await world.test.superuser.query(unsignedLeavesSql);
      expect(rows).toEqual([{ n: '0' }]);
    });

    it('never gives an earlier time to a later head, though another leader’s clock is behind', async () => {
      const id = await world.test.municipality();
      await world.append(id, 1);
      await world.sign(id);
      world.clock.advance(-60_000);
      await world.append(id, 1);
      await world.sign(id);
      world.clock.advance(60_000);
      const [first, second] = await world.heads(id);
      expect(second?.signedAt).toEqual(first?.signedAt);
    });
  });

  describe('that was tampered with', () => {
    const made = async (count: number): Promise<string> => {
      const id = await world.test.municipality();
      await world.append(id, count);
      await world.sign(id);
      await world.append(id, 5);
      return id;
    };
    const change = (sql: string, id: string) => world.test.superuser.query(sql, [id]);

    it.each([
      [
        'a hash in a tile at its edge was changed',
        `UPDATE ledger_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE municipality_id = $1 AND level = 0 AND "index" = 1`,
      ],
      [
        'a hash of a node above was changed',
        `UPDATE ledger_tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 128) WHERE municipality_id = $1 AND level = 1`,
      ],
      [
        'a tile at its edge is gone',
        'DELETE FROM ledger_tile WHERE municipality_id = $1 AND level = 0 AND "index" = 1',
      ],
      [
        'a tile at its edge was cut short',
        `UPDATE ledger_tile SET hashes = substr(hashes, 1, 32) WHERE municipality_id = $1 AND level = 0 AND "index" = 1`,
      ],
      [
        'a tile at its edge was made longer',
        `UPDATE ledger_tile SET hashes = hashes || substr(hashes, 1, 32) WHERE municipality_id = $1 AND level = 0 AND "index" = 1`,
      ],
      ['it was set back', 'UPDATE ledger_log SET size = 256 WHERE municipality_id = $1'],
      ['its last head was thrown away', 'DELETE FROM ledger_checkpoint WHERE municipality_id = $1'],
      [
        'its last head was written anew by somebody without the key',
        `UPDATE ledger_checkpoint SET note = replace(note, E'\\n300\\n', E'\\n301\\n') WHERE municipality_id = $1`,
      ],
      ['its row was thrown away', 'DELETE FROM ledger_log WHERE municipality_id = $1'],
      ['its key was thrown away', 'DELETE FROM ledger_key WHERE municipality_id = $1'],
      [
        'a leaf that waits was changed',
        `UPDATE ledger_leaf SET entry = entry || ' ' WHERE municipality_id = $1 AND "index" IS NULL`,
      ],
    ])('is not signed any further when %s', async (_, sql) => {
      const id = await made(300);
      await change(sql, id);
      const before = await change('SELECT * FROM ledger_checkpoint WHERE municipality_id = $1', id);
      await expect(world.sign(id)).rejects.toThrow(SigningRefused);
      const after = await change('SELECT * FROM ledger_checkpoint WHERE municipality_id = $1', id);
      expect(after.rows).toEqual(before.rows);
    });

    it('is not signed any further when a leaf that has its place is gone', async () => {
      const id = await made(300);
      expect(
        await world.sign(id, { beforeCommit: () => Promise.reject(new Error('not yet')) }).catch(String),
      ).toBe('Error: not yet');
      await change('DELETE FROM ledger_leaf WHERE municipality_id = $1 AND "index" = 302', id);
      await expect(world.sign(id)).rejects.toThrow('there are 4 entries from 300 to before 305');
    });

    it('holds up no other, is told of each time, counts as unsigned, and goes on when it is mended', async () => {
      const [broken, sound] = [await made(300), await world.test.municipality()];
      const flip = `UPDATE ledger_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE municipality_id = $1 AND level = 0 AND "index" = 1`;
      await change(flip, broken);
      const told: { id: string; why: string }[] = [];
      startSequencer({ onError: (error, id) => told.push({ id, why: String(error) }) });
      for (const size of [1, 2]) {
        await world.append(sound, 1);
        await untilSigned(sound, size);
      }
      const ours = () => told.filter(({ id }) => id === broken).map(({ why }) => why);
      await expect.poll(() => ours().length).toBeGreaterThan(1);
      expect(new Set(ours())).toEqual(
        new Set([
          'SigningRefused: nothing is signed, because the stored tree is not the one signed at size 300',
        ]),
      );
      expect(told.some(({ id }) => id === sound)).toBe(false);
      expect(await sizes(broken)).toEqual([300]);
      const { rows } = await world.test.superuser.query<{ n: string }>(unsignedLeavesSql);
      expect(Number(rows[0]?.n)).toBeGreaterThanOrEqual(5);
      await change(flip, broken);
      await untilSigned(broken, 305);
      await readTrueHeads(world, broken);
    });
  });
});
