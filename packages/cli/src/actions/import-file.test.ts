import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openImport, readMap } from './import-file.ts';

describe('--map', () => {
  it('becomes the JSON that the service takes', () => {
    expect(readMap(['Sagsnr=reference', 'Visiteret (timer/uge)=hours', 'a=b=name'])).toBe(
      '{"Sagsnr":"reference","Visiteret (timer/uge)":"hours","a=b":"name"}',
    );
    expect(readMap([])).toBeUndefined();
  });

  it.each(['Sagsnr', '=reference', 'Sagsnr=', ' = '])('"%s" is refused', (pair) =>
    expect(() => readMap([pair])).toThrow('map_unreadable'),
  );
});

describe('a file to import', () => {
  it('is sent in pieces, byte for byte, with the share that has gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'naer-import-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const bytes = Buffer.alloc(1_000_000, 'æ;', 'latin1');
    writeFileSync(join(folder, 'a.csv'), bytes);
    const shares: number[] = [];
    const pieces: Uint8Array[] = [];
    for await (const piece of (await openImport(join(folder, 'a.csv'))).read((share) => shares.push(share)))
      pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(pieces.length).toBeGreaterThan(1);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('that is not there, or is a folder, is refused before anything is sent', async () => {
    await expect(openImport(join(tmpdir(), 'no-such-file.csv'))).rejects.toMatchObject({
      code: 'file_unreadable',
    });
    await expect(openImport(tmpdir())).rejects.toMatchObject({ code: 'file_unreadable' });
  });
});
