import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type MasterKeyRing,
  makeMasterKey,
  masterKeyId,
  readMasterKeyFile,
  restoreMasterKey,
  ringOf,
  writeMasterKeyFile,
} from '../../../contract/master-key-file.ts';
import type { Tx } from '../../../storage/index.ts';
import { aCitizen } from '../../../testing/index.ts';
import type { Actor } from '../../identity/index.ts';
import { createWorld, type World } from '../fixture.ts';
import { createIdentities } from '../identities.ts';
import { createCitizens } from '../service.ts';
import { openVault } from './vault.ts';

describe('the vault', () => {
  let world: World;
  let coordinator: Actor;
  const write = <Result>(work: (tx: Tx) => Promise<Result>, municipalityId = world.nordby) =>
    world.database.write(municipalityId, work);
  const register = (reference: string) =>
    write((tx) => world.citizens.register(tx, coordinator, aCitizen({ identity: { reference } })));
  const reopen = () =>
    openVault({ worker: world.database.worker, keyFile: world.keyFile, clock: world.clock });
  const readRing = async (): Promise<MasterKeyRing> => {
    const ring = await readMasterKeyFile(world.keyFile);
    if (ring === null) throw new Error('there is a key file');
    return ring;
  };
  const keysInUse = async (): Promise<string[]> => {
    const { rows } = await world.superuser.query<{ id: string }>(
      'SELECT master_key_id AS id FROM citizen_vault UNION SELECT master_key_id FROM vault_index_key UNION SELECT master_key_id FROM installation',
    );
    return rows.map((row) => row.id).sort();
  };
  /** Every identity, read by a vault that knows nothing but the file: as after a restart. */
  const readAll = async (): Promise<string[]> => {
    const identities = createIdentities(await reopen());
    const { rows } = await world.superuser.query<{ id: string }>(
      'SELECT citizen_id AS id FROM citizen_vault WHERE municipality_id = $1',
      [world.nordby],
    );
    const read = await world.database.read(world.nordby, async (tx) => {
      const references: string[] = [];
      for (const { id } of rows)
        references.push((await identities.read(tx, world.nordby, id)).identity.reference);
      return references;
    });
    return read.sort();
  };
  const references = (count: number) => Array.from({ length: count }, (_, n) => `R-${n}`).sort();

  beforeEach(async () => {
    world = await createWorld();
    coordinator = await world.actor(world.nordby, ['coordinator']);
  });
  afterEach(() => world.close());

  describe('when it is opened', () => {
    it('makes the key once, also when several processes start at the same time', async () => {
      await world.superuser.query('DELETE FROM vault_index_key');
      await world.superuser.query('DELETE FROM installation');
      await rm(world.keyFile);
      await Promise.all(Array.from({ length: 5 }, reopen));
      expect((await world.superuser.query('SELECT 1 FROM installation')).rowCount).toBe(1);
      expect(await keysInUse()).toEqual([(await readRing()).current]);
    });

    it('refuses to start without its key file, and takes the key back from paper', async () => {
      await register('R-0');
      const ring = await readRing();
      await rm(world.keyFile);
      await expect(reopen()).rejects.toMatchObject({
        code: 'master_key_missing',
        params: { file: world.keyFile },
      });
      expect(await readMasterKeyFile(world.keyFile)).toBeNull();
      await restoreMasterKey(world.keyFile, ring.keys.get(ring.current) ?? Buffer.alloc(0));
      expect(await readAll()).toEqual(['R-0']);
    });

    it('refuses the key of another database', async () => {
      await writeMasterKeyFile(world.keyFile, ringOf(makeMasterKey()));
      await expect(reopen()).rejects.toMatchObject({ code: 'master_key_mismatch' });
    });

    it('refuses a file that is damaged, and leaves it as it is', async () => {
      const damaged = (await readFile(world.keyFile, 'utf8')).slice(0, 100);
      await writeFile(world.keyFile, damaged);
      await expect(reopen()).rejects.toMatchObject({ code: 'master_key_unreadable' });
      expect(await readFile(world.keyFile, 'utf8')).toBe(damaged);
    });

    it('refuses to start when some rows are wrapped with a key that is not in the file', async () => {
      await register('R-0');
      await register('R-1');
      const old = await readRing();
      const failure = world.vault.rotateMasterKey({ batchSize: 1, onProgress: stopAfter(2) });
      await expect(failure).rejects.toThrow('stopped');
      const both = await readRing();
      const fresh = [...both.keys].filter(([id]) => id !== old.current);
      await writeMasterKeyFile(world.keyFile, { current: fresh[0]?.[0] ?? '', keys: new Map(fresh) });
      await expect(reopen()).rejects.toMatchObject({ code: 'master_key_missing' });
    });
  });

  describe('when its master key is rotated', () => {
    it('wraps everything with a new key, keeps that alone, and still opens every identity', async () => {
      for (const reference of references(12)) await register(reference);
      const before = (await readRing()).current;
      const { rows: sealed } = await world.superuser.query(
        'SELECT sealed_identity FROM citizen_vault ORDER BY citizen_id',
      );
      const { keyId, rewrapped } = await world.vault.rotateMasterKey({ batchSize: 5 });
      expect(keyId).not.toBe(before);
      // Twelve citizens and the index key of the one municipality that has any.
      expect(rewrapped).toBe(13);
      expect(await keysInUse()).toEqual([keyId]);
      expect([...(await readRing()).keys.keys()]).toEqual([keyId]);
      expect(await readAll()).toEqual(references(12));
      // The identities themselves were not touched, nor could the login that rotates have read them.
      expect(
        (await world.superuser.query('SELECT sealed_identity FROM citizen_vault ORDER BY citizen_id')).rows,
      ).toEqual(sealed);
      await expect(
        world.database.worker.query('SELECT sealed_identity FROM citizen_vault'),
      ).rejects.toMatchObject({ code: '42501' });
    });

    it('still knows what was signed with the key before, and since when it signs no more, over any number of rotations', async () => {
      const purpose = 'naer test';
      const { id, key } = world.vault.derivedKeys(purpose).newest();
      const leftAt = world.clock.now();
      await world.vault.rotateMasterKey();
      // The process that was there knows the key whole, and makes nothing new with it.
      expect(await world.vault.derivedKeys(purpose).find(id)).toMatchObject({ leftAt: null });
      expect(world.vault.derivedKeys(purpose).newest().id).not.toBe(id);
      world.clock.advance(86_400_000);
      const second = await reopen();
      await second.rotateMasterKey();
      const third = await reopen();
      const former = await third.derivedKeys(purpose).find(id);
      expect([former?.key.equals(key), former?.leftAt]).toEqual([true, leftAt]);
      const other = await third.derivedKeys('another purpose').find(id);
      expect(other?.key.equals(key)).toBe(false);
      // What is kept opens nothing that was sealed with the key itself.
      expect([...(await readRing()).keys.keys()]).not.toContain(id);
      const { rows } = await world.superuser.query<{ wrapped_key: Buffer }>(
        'SELECT wrapped_key FROM former_key',
      );
      expect(rows).toHaveLength(2);
      expect(await third.derivedKeys(purpose).find('00000000')).toBeNull();
    });

    it('makes the old key useless for what is in the database', async () => {
      await register('R-0');
      const old = await readRing();
      await world.vault.rotateMasterKey();
      await writeMasterKeyFile(world.keyFile, old);
      await expect(reopen()).rejects.toMatchObject({ code: 'master_key_mismatch' });
    });

    it.each([0, 1, 2, 5, 12])(
      'loses nothing when it is stopped after %i rows, and is finished by the next call',
      async (rows) => {
        for (const reference of references(12)) await register(reference);
        const before = (await readRing()).current;
        if (rows === 0) {
          // As though the process had died between writing the file and naming the new key in the database.
          const ring = await readRing();
          const key = makeMasterKey();
          await writeMasterKeyFile(world.keyFile, {
            ...ring,
            keys: new Map([...ring.keys, [masterKeyId(key), key]]),
          });
        } else {
          await expect(
            world.vault.rotateMasterKey({ batchSize: 1, onProgress: stopAfter(rows) }),
          ).rejects.toThrow('stopped');
        }
        expect(await readAll()).toEqual(references(12));
        expect((await readRing()).keys.size).toBe(2);
        // Life goes on in between, also in a process that knows nothing of it.
        const other = createCitizens({ ...world, identities: createIdentities(await reopen()) });
        await write((tx) =>
          other.register(tx, coordinator, aCitizen({ identity: { reference: 'R-later' } })),
        );

        const { keyId } = await (await reopen()).rotateMasterKey({ batchSize: 4 });
        expect(keyId).not.toBe(before);
        expect(await keysInUse()).toEqual([keyId]);
        expect([...(await readRing()).keys.keys()]).toEqual([keyId]);
        expect(await readAll()).toEqual([...references(12), 'R-later'].sort());
      },
    );

    it('loses nothing that is written meanwhile, by this process and by one that has not heard of it', async () => {
      const other = createCitizens({ ...world, identities: createIdentities(await reopen()) });
      let rotating = true;
      let written = 0;
      const writer = async (citizens: World['citizens'], name: string) => {
        for (let n = 0; rotating || n < 5; n += 1) {
          await write((tx) =>
            citizens.register(tx, coordinator, aCitizen({ identity: { reference: `${name}-${n}` } })),
          );
          written += 1;
        }
      };
      const writers = [
        writer(world.citizens, 'A'),
        writer(world.citizens, 'B'),
        writer(other, 'C'),
        writer(other, 'D'),
      ];
      const keys = new Set([(await readRing()).current]);
      for (let round = 0; round < 5; round += 1)
        keys.add((await world.vault.rotateMasterKey({ batchSize: 3 })).keyId);
      rotating = false;
      await Promise.all(writers);
      expect(keys.size).toBe(6);
      const { keyId } = await world.vault.rotateMasterKey();
      expect(await keysInUse()).toEqual([keyId]);
      expect(await readAll()).toHaveLength(written);
    });

    it('waits for a transaction that is sealing, and lets others seal while it waits', async () => {
      await register('first');
      const held = Promise.withResolvers<void>();
      const sealing = Promise.withResolvers<void>();
      const slow = write(async (tx) => {
        await world.citizens.register(tx, coordinator, aCitizen({ identity: { reference: 'slow' } }));
        sealing.resolve();
        await held.promise;
      });
      await sealing.promise;
      const before = (await readRing()).current;
      const rotation = world.vault.rotateMasterKey();
      await register('quick');
      const { rows } = await world.superuser.query<{ id: string }>(
        'SELECT master_key_id AS id FROM installation',
      );
      expect(rows).toEqual([{ id: before }]);
      held.resolve();
      await slow;
      const { keyId } = await rotation;
      expect(await keysInUse()).toEqual([keyId]);
      expect(await readAll()).toEqual(['first', 'quick', 'slow']);
    });

    it('goes on past a citizen whom somebody holds, and comes back to them', async () => {
      for (const reference of references(4)) await register(reference);
      const held = Promise.withResolvers<void>();
      const holding = Promise.withResolvers<void>();
      const holder = write(async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM citizen_vault LIMIT 1 FOR UPDATE`;
        holding.resolve();
        await held.promise;
      });
      await holding.promise;
      const { keyId } = await world.vault.rotateMasterKey({
        batchSize: 2,
        // One index key and three citizens: all but the one that is held.
        onProgress: (rewrapped) => rewrapped === 4 && held.resolve(),
      });
      await holder;
      expect(await keysInUse()).toEqual([keyId]);
    });

    it('takes two that are asked for at once in turn', async () => {
      await register('R-0');
      const other = await reopen();
      const results = await Promise.all([world.vault.rotateMasterKey(), other.rotateMasterKey()]);
      expect([...(await readRing()).keys.keys()]).toEqual(await keysInUse());
      expect(results.map((result) => result.keyId)).toContain((await readRing()).current);
      expect(await readAll()).toEqual(['R-0']);
    });
  });

  it('leaves no index key behind in memory when the transaction that made it fails', async () => {
    const elsewhere = await world.actor(world.sydby, ['coordinator']);
    const failed = world.database.write(world.sydby, async (tx) => {
      await world.citizens.register(tx, elsewhere, aCitizen({ identity: { reference: 'S-0' } }));
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    const code = await world.database.write(world.sydby, (tx) =>
      world.citizens.register(tx, elsewhere, aCitizen({ identity: { reference: 'S-1' } })),
    );
    const found = await world.database.write(world.sydby, (tx) =>
      world.citizenIdentities.find(tx, elsewhere, { reference: 'S-1', reason: 'contact' }),
    );
    expect(found).toEqual([code]);
  });
});

const stopAfter = (rows: number) => (rewrapped: number) => {
  if (rewrapped >= rows) throw new Error('stopped');
};
