import { describe, expect, it } from 'vitest';
import { encodeEntryBundle } from '../format/entry-bundle.ts';
import { hashLeaf } from '../format/leaf.ts';
import { createLogSigner } from '../format/note.ts';
import { encodeTarFile, tarEnd } from '../format/tar.ts';
import {
  entryOf,
  type Files,
  filesOf,
  inChunks,
  logSigner,
  makeLog,
  origin,
  pack,
  someEntries,
  verifierKeys,
  withEntries,
} from './fixture.ts';
import { type ExportOptions, verifyExport } from './verify-export.ts';

const earlier = [1, 100, 256, 300, 700];
const entries = someEntries(1_000);
const log = makeLog(entries);
const bundle = 'tile/entries/001';
const tile = 'tile/0/001';

const verify = (bytes: Uint8Array, options: Partial<ExportOptions> = {}) =>
  verifyExport(inChunks(bytes), { verifierKeys, ...options });

/** What is found in the export after something was done to its files. */
async function findingsAfter(
  harm: (files: Files) => unknown,
  options: Partial<ExportOptions> = {},
): Promise<readonly string[]> {
  const files = filesOf(log, earlier);
  const made = harm(files);
  const { findings } = await verify(pack(made instanceof Map ? made : files), options);
  return findings.map(({ kind, index, until, where }) =>
    [kind, index === null ? '' : until === null ? index : `${index}–${until}`, where ?? '']
      .filter((part) => part !== '')
      .join(' '),
  );
}

function changeByte(files: Files, name: string, at: number): void {
  const bytes = Buffer.from(files.get(name) ?? '');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  files.set(name, bytes);
}

const renamed = (files: Files, from: string, to: string): Files =>
  new Map([...files].map(([name, content]) => [name === from ? to : name, content]));

describe('an export that is sound', () => {
  it.each([0, 1, 2, 255, 256, 257, 1_000, 66_000])('of %i entries is found to be so', async (count) => {
    const made = makeLog(someEntries(count));
    const sizes = [0, 1, 255, 256, 300, 65_536].filter((size) => size < count);
    const verdict = await verify(pack(filesOf(made, sizes)));
    expect(verdict).toEqual({
      origin,
      size: BigInt(count),
      rootHash: made.rootAt(count).toString('base64'),
      checkpoints: sizes.length + 1,
      cosignedBy: ['auditor.example.dk'],
      findings: [],
    });
  });

  it('extends what was kept of it at any size', async () => {
    const bytes = pack(filesOf(log, earlier));
    for (const size of [0, 1, 255, 256, 257, 999, 1_000]) {
      expect((await verify(bytes, { against: log.note(size) })).findings, `at ${size}`).toEqual([]);
    }
  });

  it('stays so after its key was changed, for whoever knows both keys', async () => {
    const newer = createLogSigner(origin, Buffer.alloc(32, 7));
    const files = filesOf(log, earlier, newer);
    for (const size of [1, 100, 256]) files.set(`checkpoints/${size}`, Buffer.from(log.note(size)));
    const bytes = pack(files);
    const both = [...verifierKeys, newer.verifier.verifierKey];
    expect((await verify(bytes, { verifierKeys: both })).findings).toEqual([]);
    const found = (await verify(bytes, { verifierKeys: [newer.verifier.verifierKey] })).findings;
    expect(found.map(({ kind, where }) => `${kind} ${where}`)).toEqual([
      'wrong-key checkpoints/1',
      'wrong-key checkpoints/100',
      'wrong-key checkpoints/256',
    ]);
  });

  it('tells how far the reading is', async () => {
    const told: bigint[] = [];
    await verify(pack(filesOf(log)), { onProgress: (read) => told.push(read) });
    expect(told).toEqual([256n, 512n, 768n, 1_000n]);
  });
});

describe('of stored leaves, verify finds', () => {
  it('one byte changed', async () => {
    const at = encodeEntryBundle(entries.slice(256, 356)).length + 10;
    expect(await findingsAfter((files) => changeByte(files, bundle, at))).toEqual([
      `leaf-changed 356 ${bundle}`,
    ]);
  });

  it('one byte changed in the length of an entry', async () => {
    const found = await findingsAfter((files) => changeByte(files, bundle, 1));
    expect(found).toEqual([`leaf-changed 256–511 ${bundle}`]);
  });

  it('one entry dropped, all others moved up', async () => {
    for (const at of [0, 10, 254, 255, 256, 511, 700, 998]) {
      const found = await findingsAfter((files) => withEntries(files, entries.toSpliced(at, 1)));
      expect(found, `entry ${at}`).toHaveLength(1);
      expect(found[0]).toMatch(new RegExp(`^leaf-missing ${at} tile/entries/`));
    }
  });

  it('the last entry dropped', async () => {
    const found = await findingsAfter((files) => withEntries(files, entries.slice(0, -1)));
    expect(found).toEqual(['leaf-missing 999 tile/entries/003.p/232']);
  });

  it('one entry dropped within its bundle', async () => {
    const short = encodeEntryBundle(entries.slice(256, 512).toSpliced(44, 1));
    expect(await findingsAfter((files) => files.set(bundle, short))).toEqual([`leaf-missing 300 ${bundle}`]);
  });

  it('one entry added, all others moved down', async () => {
    for (const at of [0, 10, 254, 255, 256, 511, 700, 999]) {
      const found = await findingsAfter((files) =>
        withEntries(files, entries.toSpliced(at, 0, entryOf(5_000))),
      );
      expect(found, `entry ${at}`).toHaveLength(1);
      expect(found[0]).toMatch(new RegExp(`^leaf-added ${at} tile/entries/`));
    }
  });

  it('one entry added at the end', async () => {
    const found = await findingsAfter((files) => withEntries(files, [...entries, entryOf(5_000)]));
    expect(found).toEqual(['leaf-added 1000 tile/entries/003.p/232']);
  });

  it('two entries swapped, in one bundle and across bundles', async () => {
    const swap = (one: number, other: number) =>
      entries.with(one, entries[other] ?? entryOf(0)).with(other, entries[one] ?? entryOf(0));
    for (const [one, other] of [
      [300, 310],
      [510, 511],
      [3, 999],
      [255, 256],
    ] as const) {
      const found = await findingsAfter((files) => withEntries(files, swap(one, other)));
      expect(found, `${one} and ${other}`).toHaveLength(1);
      expect(found[0]).toMatch(new RegExp(`^leaves-swapped ${one}–${other} tile/entries/`));
    }
  });

  it('a bundle that is gone, with its tile and without', async () => {
    expect(await findingsAfter((files) => files.delete(bundle))).toEqual([`leaf-missing 256–511 ${bundle}`]);
    const both = await findingsAfter((files) => {
      for (const name of [bundle, tile, 'tile/entries/002', 'tile/0/002']) files.delete(name);
    });
    expect(both).toEqual([`leaf-missing 256–767 ${bundle}`]);
  });

  it('several faults, each where it is', async () => {
    const found = await findingsAfter((files) => {
      changeByte(files, 'tile/entries/000', 20);
      changeByte(files, tile, 40);
      changeByte(files, 'tile/entries/002', 20);
    });
    expect(found.filter((each) => !each.startsWith('root-mismatch'))).toEqual([
      'leaf-changed 0 tile/entries/000',
      `tile-changed 257 ${tile}`,
      'leaf-changed 512 tile/entries/002',
    ]);
  });
});

describe('of the stored tree, verify finds', () => {
  it('one byte changed in a tile', async () => {
    expect(await findingsAfter((files) => changeByte(files, tile, 100 * 32))).toEqual([
      `tile-changed 356 ${tile}`,
    ]);
  });

  it('a tile cut short, grown or gone', async () => {
    const hashes = filesOf(log).get(tile) ?? Buffer.alloc(0);
    const with_ = (bytes: Buffer) => findingsAfter((files) => files.set(tile, bytes));
    expect(await with_(hashes.subarray(0, 320))).toEqual([`tile-changed 266 ${tile}`]);
    expect(await with_(Buffer.alloc(0))).toEqual([`tile-changed 256 ${tile}`]);
    expect(await with_(Buffer.concat([hashes, hashes]))).toContain(`oversized ${tile}`);
    expect(await findingsAfter((files) => files.delete(tile))).toEqual([`tile-missing 256 ${tile}`]);
  });

  it('one byte changed in a node, which leaves lie under it', async () => {
    expect(await findingsAfter((files) => changeByte(files, 'tile/1/000.p/3', 33))).toEqual([
      'node-changed 256–511 tile/1/000.p/3',
    ]);
  });

  it('nodes that are gone', async () => {
    const found = await findingsAfter((files) => files.delete('tile/1/000.p/3'));
    expect(found).toEqual(['tile-missing 0–999 tile/1/000.p/3']);
  });

  it('an entry and its tile changed together, by the checkpoints before and after', async () => {
    const other = entries.with(400, entryOf(5_000));
    const forged = makeLog(other);
    const tileOf = forged.tiles.get('0/1')?.hashes ?? Buffer.alloc(0);
    const found = await findingsAfter((files) => {
      withEntries(files, other);
      files.set(tile, tileOf);
    });
    expect(found).toEqual(['root-mismatch 300–511 checkpoints/700, tile/1/000.p/3']);
  });

  it('no less of what an entry can be when some other node was changed to lead astray', async () => {
    const forged = filesOf(makeLog(entries.with(400, entryOf(5_000))));
    const found = await findingsAfter((files) => {
      for (const [name, content] of forged) if (name.startsWith('tile/')) files.set(name, content);
      changeByte(files, 'tile/1/000.p/3', 70);
    });
    expect(found).toEqual(['root-mismatch 300–699 checkpoints/700']);
  });

  it('the whole tree changed with an entry, by the checkpoints before and after', async () => {
    const forged = filesOf(makeLog(entries.with(400, entryOf(5_000))));
    const found = await findingsAfter((files) => {
      for (const [name, content] of forged) if (name.startsWith('tile/')) files.set(name, content);
    });
    expect(found).toEqual(['root-mismatch 300–699 checkpoints/700']);
  });
});

describe('of what was signed, verify finds', () => {
  const rewritten = makeLog(entries.with(400, entryOf(5_000)));
  const other = createLogSigner(origin, Buffer.alloc(32, 9));

  it('a history that was written anew and signed again, by an older checkpoint in the file', async () => {
    const files = filesOf(rewritten, [1, 100]);
    const tree = [...files].filter(([name]) => name.startsWith('tile/'));
    const before = [...files].filter(([name]) => !name.startsWith('tile/'));
    const bytes = pack([...before, ['checkpoints/700', Buffer.from(log.note(700))], ...tree]);
    expect((await verify(bytes)).findings).toEqual([
      { kind: 'not-an-extension', index: '100', until: '699', where: 'checkpoints/700' },
    ]);
  });

  it('a history that was written anew and signed again, by a checkpoint that was kept outside', async () => {
    const bytes = pack(filesOf(rewritten, earlier));
    expect((await verify(bytes)).findings).toEqual([]);
    expect((await verify(bytes, { against: log.note(400) })).findings).toEqual([]);
    expect((await verify(bytes, { against: log.note(401) })).findings).toEqual([
      { kind: 'not-an-extension', index: '0', until: '400', where: 'against' },
    ]);
  });

  it('a log that is shorter than what was kept', async () => {
    const bytes = pack(filesOf(makeLog(entries.slice(0, 900))));
    expect((await verify(bytes, { against: log.note(1_000) })).findings).toEqual([
      { kind: 'not-an-extension', index: '900', until: '999', where: 'against' },
    ]);
  });

  it('a kept checkpoint that is not one of this log', async () => {
    const elsewhere = createLogSigner('elsewhere.example.dk', Buffer.alloc(32, 3));
    const foreign = { against: log.note(100, elsewhere) };
    expect(await findingsAfter(() => {}, foreign)).toEqual(['wrong-key against']);
    const known = { ...foreign, verifierKeys: [...verifierKeys, elsewhere.verifier.verifierKey] };
    expect(await findingsAfter(() => {}, known)).toEqual(['origin-mismatch against']);
    expect(await findingsAfter(() => {}, { against: 'not a note' })).toEqual(['unreadable against']);
  });

  it('a checkpoint that another key signed', async () => {
    const note = Buffer.from(log.note(1_000, other));
    expect(await findingsAfter((files) => files.set('checkpoint', note))).toEqual(['wrong-key checkpoint']);
    expect(
      await findingsAfter((files) => files.set('checkpoints/700', Buffer.from(log.note(700, other)))),
    ).toEqual(['wrong-key checkpoints/700']);
  });

  it('what a key of the log signed when it was not its turn', async () => {
    const newer = createLogSigner(origin, Buffer.alloc(32, 9));
    const [old, own] = [logSigner.verifier.verifierKey, newer.verifier.verifierKey];
    const rotated = (files: Files): unknown => files.set('checkpoint', Buffer.from(log.note(1_000, newer)));
    const told = (...keys: readonly string[]) => findingsAfter(rotated, { verifierKeys: keys });
    expect(await told(`${old} 0`, `${own} 701`)).toEqual([]);
    expect(await told(old, own)).toEqual([]);
    expect(await told(`${old} 0`, `${own} 700`)).toEqual(['wrong-key checkpoints/700']);
    expect(await told(`${old} 0`, `${own} 1001`)).toEqual(['wrong-key checkpoint']);
    // The old key, stolen, signs on.
    expect(await findingsAfter(() => {}, { verifierKeys: [`${old} 0`, `${own} 701`] })).toEqual([
      'wrong-key checkpoint',
    ]);
    await expect(told(`${old} zero`)).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('a whole export that another key signed, whatever keys it brings along', async () => {
    const { findings } = await verify(pack(filesOf(log, [100], other)));
    expect(findings.map(({ kind, where }) => `${kind} ${where}`)).toEqual([
      'wrong-key checkpoint',
      'wrong-key checkpoints/100',
    ]);
  });

  it('a signature that does not fit', async () => {
    const note = Buffer.from(log.note(1_000).replace('\n1000\n', '\n1001\n'));
    const found = await findingsAfter((files) => files.set('checkpoint', note));
    expect(found[0]).toBe('signature-broken checkpoint');
  });

  it('the log of another municipality', async () => {
    const elsewhere = createLogSigner('elsewhere.example.dk', Buffer.alloc(32, 3));
    const keys = { verifierKeys: [...verifierKeys, elsewhere.verifier.verifierKey] };
    const note = Buffer.from(log.note(700, elsewhere));
    expect(await findingsAfter((files) => files.set('checkpoints/700', note), keys)).toEqual([
      'origin-mismatch checkpoints/700',
    ]);
    const head = Buffer.from(log.note(1_000, elsewhere));
    expect((await findingsAfter((files) => files.set('checkpoint', head), keys))[0]).toBe(
      'origin-mismatch format.json',
    );
  });

  it('that nothing is signed', async () => {
    expect(await findingsAfter((files) => files.delete('checkpoint'))).toEqual(['unsigned-root checkpoint']);
  });

  it('earlier checkpoints that are out of order, misnamed or not earlier', async () => {
    expect(await findingsAfter((files) => renamed(files, 'checkpoints/300', 'checkpoints/301'))).toEqual([
      'unreadable checkpoints/301',
    ]);
    expect(await findingsAfter((files) => renamed(files, 'checkpoints/300', 'checkpoints/2'))).toEqual([
      'oversized checkpoints/2',
    ]);
    expect(await findingsAfter((files) => renamed(files, 'checkpoints/700', 'checkpoints/1000'))).toEqual([
      'unreadable checkpoints/1000',
    ]);
  });
});

describe('of a file, verify finds', () => {
  const whole = pack(filesOf(log, earlier));

  it('that it ends too early, and where', async () => {
    const at = whole.indexOf('tile/0/002');
    const found = (await verify(whole.subarray(0, at + 1_000))).findings;
    expect(found).toEqual([{ kind: 'truncated', index: '512', until: null, where: 'tile/0/002' }]);
    const none = (await verify(new Uint8Array())).findings;
    expect(none.map(({ kind }) => kind)).toEqual(['truncated']);
  });

  it('that it lacks its end', async () => {
    expect((await verify(whole.subarray(0, -512))).findings.map(({ kind }) => kind)).toEqual(['truncated']);
  });

  it('bytes after its end', async () => {
    const found = (await verify(Buffer.concat([whole, Buffer.alloc(1)]))).findings;
    expect(found.map(({ kind }) => kind)).toEqual(['oversized']);
  });

  it('files that belong to no log', async () => {
    expect(await findingsAfter((files) => files.set('note.txt', Buffer.from('hello')))).toEqual([
      'oversized note.txt',
    ]);
    expect(await findingsAfter((files) => new Map([['note.txt', Buffer.from('x')], ...files]))).toEqual([
      'oversized note.txt',
    ]);
  });

  it('bundles and tiles beyond the signed size', async () => {
    const found = await findingsAfter(
      (files) =>
        new Map(
          [...files].flatMap(([name, content]): [string, Buffer][] =>
            name === 'tile/0/003.p/232'
              ? [
                  [name, content],
                  ['tile/entries/004.p/1', encodeEntryBundle([entryOf(1)])],
                  ['tile/0/004.p/1', hashLeaf(entryOf(1))],
                ]
              : [[name, content]],
          ),
        ),
    );
    expect(found).toEqual(['leaf-added 1024 tile/entries/004.p/1', 'tile-added 1024 tile/0/004.p/1']);
  });

  it('a bundle that is longer than any can be, without reading it into memory', async () => {
    const found = await findingsAfter((files) => files.set(bundle, Buffer.alloc(17_000_000)));
    expect(found).toContain(`oversized ${bundle}`);
  });

  it('bytes hidden between files', async () => {
    const bytes = Buffer.from(whole);
    bytes[512 + 300] = 65;
    expect((await verify(bytes)).findings).toEqual([
      { kind: 'oversized', index: null, until: null, where: 'format.json' },
    ]);
  });

  it('what is no tar', async () => {
    const found = (await verify(Buffer.alloc(5_000, 'noise'))).findings;
    expect(found.map(({ kind }) => kind)).toEqual(['unreadable']);
  });

  it('the same file twice', async () => {
    const files = [...filesOf(log, earlier)];
    const twice = files.flatMap((file) => (file[0] === tile ? [file, file] : [file]));
    const found = (
      await verify(Buffer.concat([...twice.map(([name, content]) => encodeTarFile(name, content)), tarEnd]))
    ).findings;
    expect(found).toEqual([{ kind: 'tile-added', index: '256', until: null, where: tile }]);
  });

  it('sizes that no file could hold, at once', async () => {
    const size = 1n << 62n;
    const text = `${origin}\n${size}\n${Buffer.alloc(32).toString('base64')}\n`;
    const head = Buffer.from(`${text}\n${logSigner.sign(text)}`);
    const found = await findingsAfter((files) => files.set('checkpoint', head));
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(20);
  });

  it('keys that are no keys; a key that is none is the asker’s mistake', async () => {
    expect(await findingsAfter((files) => files.set('keys', Buffer.from('no key')))).toEqual([
      'unreadable keys',
    ]);
    await expect(verify(whole, { verifierKeys: ['no key'] })).rejects.toThrow('not a verifier key');
  });
});
