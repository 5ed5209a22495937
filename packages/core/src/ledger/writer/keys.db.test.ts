import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVault } from '../../modules/citizens/index.ts';
import { placeBatch } from '../../storage/sequencer.ts';
import { parseVerifierKey, verifyNote } from '../format/note.ts';
import { createLedgerWorld, type LedgerWorld, readTrueHeads } from './fixture.ts';
import { signLog } from './signing.ts';

describe('a log whose key is changed', () => {
  let world: LedgerWorld;

  beforeAll(async () => {
    world = await createLedgerWorld();
  });
  afterAll(() => world.close());

  const by = (municipalityId: string) =>
    world.test.actor(municipalityId, ['administrator']).then(({ staffId }) => ({ municipalityId, staffId }));
  const rotate = async (id: string, purpose: 'log' | 'witness' = 'log') => {
    const user = await by(id);
    return world.write(id, (tx) => world.keys.rotateKey(tx, user, purpose));
  };

  it('signs with the new one from the next head on, and what the old one signed stays valid', async () => {
    const id = await world.test.municipality();
    await world.append(id, 3);
    await world.sign(id);
    const first = await rotate(id);
    expect(first).toMatchObject({ purpose: 'log', fromSize: 4n, retiredAt: null });
    // Its own leaf is the first that it signs.
    expect(await world.sign(id)).toBe('signed');
    await world.append(id, 1);
    await world.sign(id);
    const heads = await world.heads(id);
    expect(heads.map(({ size }) => size)).toEqual([3n, 4n, 5n]);
    expect(heads.map(({ keyId }) => keyId === first.verifier.keyId)).toEqual([false, true, true]);
    const { rows } = await world.test.superuser.query(
      `SELECT key_id, from_size, retired_at IS NOT NULL AS retired, wrapped_key IS NULL AS gone FROM ledger_key WHERE municipality_id = $1 ORDER BY from_size`,
      [id],
    );
    expect(rows).toEqual([
      { key_id: heads[0]?.keyId, from_size: '0', retired: true, gone: true },
      { key_id: first.verifier.keyId, from_size: '4', retired: false, gone: false },
    ]);
    const { rows: leaves } = await world.test.superuser.query<{ entry: Buffer }>(
      'SELECT entry FROM ledger_leaf WHERE municipality_id = $1 AND "index" = 3',
      [id],
    );
    expect(JSON.parse(String(leaves[0]?.entry))).toMatchObject({
      entry: { type: 'ledger.key-rotated', purpose: 'log', verifierKey: first.verifier.verifierKey },
    });
    expect(await world.events(id)).toContainEqual({
      type: 'ledger.key-rotated',
      entity_id: heads[0]?.origin,
      data: { purpose: 'log', keyId: first.verifier.keyId },
    });
  });

  it('has none to change before it has begun', async () => {
    const id = await world.test.municipality();
    await expect(rotate(id)).rejects.toMatchObject({ code: 'ledger_empty' });
    await expect(world.write(id, (tx) => world.keys.readSigner(tx, id, 'witness'))).rejects.toMatchObject({
      code: 'ledger_empty',
    });
  });

  it('makes the witness’s key once, when it is first asked for, and another when it is rotated', async () => {
    const id = await world.test.municipality();
    await world.append(id, 1);
    await world.sign(id);
    const read = () =>
      world.write(id, async (tx) => (await world.keys.readSigner(tx, id, 'witness')).verifier);
    const verifiers = await Promise.all(Array.from({ length: 6 }, read));
    const [first] = verifiers;
    expect(new Set(verifiers.map(({ verifierKey }) => verifierKey)).size).toBe(1);
    expect(first?.algorithm).toBe('cosignature/v1');
    expect(first?.name).toBe(`${(await world.heads(id))[0]?.origin}/witness`);
    const { verifier } = await rotate(id, 'witness');
    expect(await read()).toEqual(verifier);
    expect(verifier.keyId).not.toBe(first?.keyId);
  });

  it('signs other texts too, but none that could be taken for a head', async () => {
    const id = await world.test.municipality();
    await world.append(id, 1);
    await world.sign(id);
    const text = 'naer contribution\n2026-10\nthree of them\n';
    const { note, verifierKey } = await world.write(id, (tx) => world.keys.signWithLogKey(tx, id, text));
    expect(verifyNote(note, [parseVerifierKey(verifierKey)]).text).toBe(text);
    const [head] = await world.heads(id);
    const forged = `${head?.origin}\n7\n${Buffer.alloc(32).toString('base64')}\n`;
    await expect(world.write(id, (tx) => world.keys.signWithLogKey(tx, id, forged))).rejects.toThrow(
      'checkpoints are signed by the sequencer alone',
    );
  });

  it('opens its seed for nobody else, and not for another key', async () => {
    const [id, other] = [await world.test.municipality(), await world.test.municipality()];
    for (const each of [id, other]) {
      await world.append(each, 1);
      await world.sign(each);
    }
    const swap = () =>
      world.test.superuser.query(
        `UPDATE ledger_key AS key SET wrapped_key = theirs.wrapped_key FROM ledger_key AS theirs
         WHERE (key.municipality_id, theirs.municipality_id) IN (($1, $2), ($2, $1))`,
        [id, other],
      );
    await swap();
    await world.append(id, 1);
    await expect(world.sign(id)).rejects.toThrow('do not open');
    await swap();
    expect(await world.sign(id)).toBe('signed');
  });

  it('is signed on when the master key is rotated, whose old one is then used by nothing', async () => {
    const id = await world.test.municipality();
    await world.append(id, 1);
    await world.sign(id);
    await world.write(id, (tx) => world.keys.readSigner(tx, id, 'witness'));
    const keyOf = async () =>
      (
        await world.test.superuser.query<{ id: string }>(
          'SELECT DISTINCT master_key_id AS id FROM ledger_key WHERE master_key_id IS NOT NULL',
        )
      ).rows.map((row) => row.id);
    const before = await keyOf();
    const { keyId } = await world.vault.rotateMasterKey({ batchSize: 2 });
    expect(await keyOf()).toEqual([keyId]);
    expect(before).not.toContain(keyId);
    await world.append(id, 1);
    expect(await world.sign(id)).toBe('signed');
    // As after a restart, with nothing but what is in the file.
    const vault = await openVault({
      worker: world.test.database.worker,
      keyFile: world.keyFile,
      clock: world.clock,
    });
    await world.append(id, 1);
    const leader = await world.leader();
    while ((await placeBatch(leader)) > 0);
    expect(await signLog(leader, id, { ...world, vault })).toBe('signed');
    expect(await readTrueHeads(world, id)).toHaveLength(3);
  });
});
