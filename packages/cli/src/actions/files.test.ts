import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeNewFile } from './files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naer-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text =
  (...parts: string[]) =>
  async () =>
    Readable.from(parts.map((part) => Buffer.from(part)));

describe('a new private file', () => {
  it('holds all of it, for its owner alone', async () => {
    expect(await writeNewFile(join(folder, 'a'), text('bor', 'gere'), { force: false })).toBe(7);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('borgere');
    if (process.platform !== 'win32') expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
  });

  it('never takes the place of another, and asks for nothing before that is known', async () => {
    writeFileSync(join(folder, 'a'), 'old');
    const asked = () => Promise.reject(new Error('asked for'));
    await expect(writeNewFile(join(folder, 'a'), asked, { force: false })).rejects.toMatchObject({
      code: 'file_exists',
    });
    expect(await writeNewFile(join(folder, 'a'), text('new'), { force: true })).toBe(3);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
  });

  it('leaves nothing behind, and the old one alone, when its source breaks', async () => {
    writeFileSync(join(folder, 'a'), 'old');
    const breaking = async () =>
      (async function* () {
        yield Buffer.from('half');
        throw new Error('broke');
      })();
    await expect(writeNewFile(join(folder, 'a'), breaking, { force: true })).rejects.toThrow('broke');
    expect(readdirSync(folder)).toEqual(['a']);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
  });

  it('says why it cannot be written', async () => {
    await expect(
      writeNewFile(join(folder, 'no', 'such', 'a'), text('x'), { force: false }),
    ).rejects.toMatchObject({ code: 'file_unwritable' });
  });
});
