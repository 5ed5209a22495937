import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { encodeTarFile, parseTarHeader, tarEnd, tarHeader } from './tar.ts';

async function byTarStream(
  files: readonly { readonly name: string; readonly content: Buffer }[],
): Promise<Buffer> {
  const archive = pack();
  for (const { name, content } of files) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  return buffer(archive);
}

const files = [
  { name: 'checkpoint', content: Buffer.from('one\n') },
  { name: 'tile/0/x001/234.p/5', content: Buffer.alloc(160, 7) },
  { name: 'tile/entries/000', content: Buffer.alloc(70_000, 9) },
  { name: 'block', content: Buffer.alloc(512, 3) },
  { name: 'empty', content: Buffer.alloc(0) },
];

describe('a tar', () => {
  it('is what a common library writes for the same files', async () => {
    const ours = Buffer.concat([...files.map(({ name, content }) => encodeTarFile(name, content)), tarEnd]);
    expect(ours.equals(await byTarStream(files))).toBe(true);
  });

  it('has headers with one form only', () => {
    const header = tarHeader('tile/0/000', 8_192);
    expect(parseTarHeader(header)).toEqual({ name: 'tile/0/000', length: 8_192 });
    for (let at = 0; at < header.length; at += 1) {
      const changed = Buffer.from(header);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const read = parseTarHeader(changed);
      expect(read, `byte ${at}`).toBeNull();
    }
    expect(parseTarHeader(Buffer.alloc(512))).toBeNull();
  });

  it('has no names that would not fit', () => {
    expect(() => tarHeader('x'.repeat(101), 0)).toThrow('too long');
  });
});
