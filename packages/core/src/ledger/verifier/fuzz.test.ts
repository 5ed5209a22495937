import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entryOf,
  filesOf,
  inChunks,
  makeLog,
  pack,
  someEntries,
  verifierKeys,
  withEntries,
} from './fixture.ts';
import { verifyExport } from './verify-export.ts';

const whole = pack(filesOf(makeLog(someEntries(600)), [3, 256, 400]));
/** Since which size a key signs is told by nobody but the file, and is used for nothing. */
const untold = whole.indexOf(' 0\n', 1_024) + 1;

async function check(bytes: Uint8Array) {
  const { findings, cosignedBy } = await verifyExport(inChunks(bytes), { verifierKeys });
  return { findings, cosignedBy };
}

describe('whatever happens to an export', () => {
  it('a byte of it that is another is found, or it is a cosignature that no longer counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        if (at === untold) return;
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const { findings, cosignedBy } = await check(bytes);
        expect(findings.length > 0 || cosignedBy.length === 0, `byte ${at}`).toBe(true);
      }),
      { numRuns: 250 },
    );
  });

  it('its end is missed wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        const { findings } = await check(whole.subarray(0, length));
        expect(findings.map(({ kind }) => kind)).toContain('truncated');
      }),
      { numRuns: 100 },
    );
  });

  it('a block that is dropped, doubled or moved is found', async () => {
    const block = fc.nat(whole.length / 512 - 1);
    const take = (from: number, to: number) => whole.subarray(from * 512, to * 512);
    await fc.assert(
      fc.asyncProperty(block, block, fc.constantFrom('drop', 'double', 'move'), async (one, other, harm) => {
        const moved = [take(0, one), take(one + 1, whole.length / 512)];
        const forms = {
          drop: moved,
          double: [take(0, one + 1), take(one, whole.length / 512)],
          move: [
            Buffer.concat(moved).subarray(0, other * 512),
            take(one, one + 1),
            Buffer.concat(moved).subarray(other * 512),
          ],
        };
        const bytes = Buffer.concat(forms[harm]);
        if (bytes.equals(whole)) return;
        expect((await check(bytes)).findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });

  it('noise is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (bytes) => {
        expect((await check(bytes)).findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('whatever is done to one entry', () => {
  const harms = fc.integer({ min: 2, max: 600 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      at: fc.nat(size - 1),
      other: fc.nat(size - 1),
      kind: fc.constantFrom('leaf-changed', 'leaf-missing', 'leaf-added', 'leaves-swapped'),
    }),
  );

  it('is named, with its place, and nothing else is', async () => {
    await fc.assert(
      fc.asyncProperty(harms, async ({ size, at, other, kind }) => {
        if (kind === 'leaves-swapped' && at === other) return;
        const entries = someEntries(size);
        const [first, last] = [Math.min(at, other), Math.max(at, other)];
        const harmed = {
          'leaf-changed': entries.with(at, entryOf(10_000)),
          'leaf-missing': entries.toSpliced(at, 1),
          'leaf-added': entries.toSpliced(at, 0, entryOf(10_000)),
          'leaves-swapped': entries.with(first, entryOf(last)).with(last, entryOf(first)),
        };
        const files = filesOf(makeLog(entries));
        withEntries(files, harmed[kind]);
        const { findings } = await check(pack(files));
        expect(findings.map(({ kind: found, index, until }) => [found, index, until])).toEqual([
          [
            kind,
            String(kind === 'leaves-swapped' ? first : at),
            kind === 'leaves-swapped' ? String(last) : null,
          ],
        ]);
      }),
      { numRuns: 150 },
    );
  });
});
