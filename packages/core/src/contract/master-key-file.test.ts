import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMasterKeyFile,
  makeMasterKey,
  masterKeyId,
  readMasterKeyFile,
  restoreMasterKey,
  ringOf,
  writeMasterKeyFile,
} from './master-key-file.ts';

describe('the master key file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'naer-key-'));
    file = path.join(folder, 'master-key.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives back what was written, for its owner alone, and leaves nothing beside it', async () => {
    const [one, two] = [makeMasterKey(), makeMasterKey()];
    const ring = {
      current: masterKeyId(two),
      keys: new Map([one, two].map((key) => [masterKeyId(key), key])),
    };
    await writeMasterKeyFile(file, ring);
    expect(await readMasterKeyFile(file)).toEqual(ring);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['master-key.json']);
  });

  it('takes the rights of others away when it is written again', async () => {
    await writeMasterKeyFile(file, ringOf(makeMasterKey()));
    await chmod(file, 0o644);
    await writeMasterKeyFile(file, ringOf(makeMasterKey()));
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is null where there is none', async () => {
    expect(await readMasterKeyFile(file)).toBeNull();
  });

  it('is created once, however many try', async () => {
    const rings = Array.from({ length: 20 }, () => ringOf(makeMasterKey()));
    await Promise.all(rings.map((ring) => createMasterKeyFile(file, ring)));
    const kept = await readMasterKeyFile(file);
    expect(rings.map((ring) => ring.current)).toContain(kept?.current);
    await createMasterKeyFile(file, ringOf(makeMasterKey()));
    expect(await readMasterKeyFile(file)).toEqual(kept);
    expect(await readdir(folder)).toEqual(['master-key.json']);
  });

  it('keeps the other keys when one is put back', async () => {
    const [old, found] = [makeMasterKey(), makeMasterKey()];
    await writeMasterKeyFile(file, ringOf(old));
    await restoreMasterKey(file, found);
    const ring = await readMasterKeyFile(file);
    expect(ring?.current).toBe(masterKeyId(found));
    expect([...(ring?.keys.keys() ?? [])].sort()).toEqual([masterKeyId(old), masterKeyId(found)].sort());
  });

  it.each([
    ['nothing', () => ''],
    ['half of it', (text: string) => text.slice(0, text.length / 2)],
    [
      'a key that is not the one it is named as',
      (text: string) => text.replace(/"[A-Za-z0-9+/]{43}="/, `"${makeMasterKey().toString('base64')}"`),
    ],
    [
      'a current key that is not there',
      (text: string) => text.replace(/"current": "[0-9a-f]{8}"/, '"current": "00000000"'),
    ],
    ['another version', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['a short key', (text: string) => text.replace(/"[A-Za-z0-9+/]{43}="/, '"AAAA"')],
  ])('is refused with %s, without a word of it in the error', async (_, damage) => {
    const ring = ringOf(makeMasterKey());
    await writeMasterKeyFile(file, ring);
    await writeFile(file, damage(await readFile(file, 'utf8')));
    const error = await readMasterKeyFile(file).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'master_key_unreadable', params: { file } });
    expect(JSON.stringify(error) + String(error)).not.toContain(
      ring.keys.get(ring.current)?.toString('base64').slice(0, 10),
    );
  });
});
