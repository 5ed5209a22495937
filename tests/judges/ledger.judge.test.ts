import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import {
  appendToTiles,
  createLogSigner,
  createWitnessSigner,
  edgePlaces,
  encodeCheckpoint,
  encodeEntryBundle,
  encodeProofFile,
  entriesPath,
  hashLeaf,
  openCheckpoint,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  type Tile,
  type TileReader,
  tilePath,
} from '@naer/core/ledger-format';
import { beforeAll, describe, expect, it } from 'vitest';
import { goProgram } from './go-program.ts';

// Implementations that are not ours judge our bytes: Go's golang.org/x/mod/sumdb (note and tlog) and transparency-dev's formats.

const sizes = 2_000;
const origin = 'naer.example.dk/log';
const logSigner = createLogSigner(origin, Buffer.alloc(32, 1));
const witnessSigner = createWitnessSigner('auditor.example.dk', Buffer.alloc(32, 2));
const seenAt = new Date('2026-05-04T10:00:00Z');

const judge = goProgram('ledger');

/** What the program answers (`verdict` in main.go). */
interface Verdict {
  readonly Objections: readonly string[] | null;
  readonly Accepted: number;
  readonly Rejected: number;
  readonly Signed: string;
  readonly SignedKey: string;
}

async function ask(given: unknown): Promise<Verdict> {
  const judging = spawn(judge.program, { stdio: ['pipe', 'pipe', 'inherit'] });
  judging.stdin.end(JSON.stringify(given));
  return JSON.parse(await text(judging.stdout));
}

const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'));

interface Step {
  readonly size: number;
  readonly note: string;
  readonly tiles: Readonly<Record<string, string>>;
  readonly inclusions: readonly { readonly index: number; readonly hashes: readonly string[] }[];
  readonly consistencies: readonly { readonly from: number; readonly hashes: readonly string[] }[];
  readonly proofFile: string;
}

/** A log that grows by one entry at a time, with all that it gives out at each size. */
async function makeCase(sizes: number) {
  const entries = Array.from({ length: sizes }, (_, at) => Buffer.from(JSON.stringify({ entry: at })));
  const tiles = new Map<string, Tile>();
  const reader: TileReader = async (level, index) =>
    tiles.get(`${level}/${index}`)?.hashes ?? Buffer.alloc(0);
  const steps: Step[] = [];
  for (const entry of entries) {
    const before: number = steps.length;
    const edge = edgePlaces(BigInt(before)).flatMap(
      ({ level, index }) => tiles.get(`${level}/${index}`) ?? [],
    );
    const grown = appendToTiles(edge, BigInt(before), [hashLeaf(entry)]);
    for (const tile of grown.tiles) tiles.set(`${tile.level}/${tile.index}`, tile);
    const { size, root } = grown;
    const said = encodeCheckpoint({ origin, size, root });
    const note = `${said}\n${logSigner.sign(said)}${witnessSigner.sign(said, seenAt)}`;
    // Places that differ from size to size, so that all sorts of paths are walked.
    const places = new Set([before, Math.floor(before / 2), (before * 7_919) % (before + 1)]);
    const inclusions = [];
    for (const index of places) {
      inclusions.push({ index, hashes: base64(await proveInclusion(reader, BigInt(index), size)) });
    }
    const consistencies = [];
    for (const from of new Set([before + 1, before || 1, ((before * 104_729) % (before + 1)) + 1])) {
      consistencies.push({ from, hashes: base64(await proveConsistency(reader, BigInt(from), size)) });
    }
    const last = BigInt(before);
    const proof = await proveInclusion(reader, last, size);
    steps.push({
      size: Number(size),
      note,
      tiles: Object.fromEntries(
        grown.tiles.map(({ level, index, hashes }) => [
          tilePath(level, index, hashes.length / 32),
          hashes.toString('base64'),
        ]),
      ),
      inclusions,
      consistencies,
      proofFile: before % 10 === 0 ? encodeProofFile({ index: last, proof, checkpoint: note }) : '',
    });
  }
  const bundles = Array.from({ length: Math.ceil(sizes / 256) }, (_, at) =>
    entries.slice(at * 256, (at + 1) * 256),
  );
  return {
    origin,
    logKey: logSigner.verifier.verifierKey,
    witnessKey: witnessSigner.verifier.verifierKey,
    seenAt: seenAt.getTime() / 1000,
    entries: base64(entries),
    bundles: Object.fromEntries(
      bundles.map((list, at) => [
        entriesPath(BigInt(at), list.length),
        encodeEntryBundle(list).toString('base64'),
      ]),
    ),
    steps,
    seed: Buffer.alloc(32, 3).toString('base64'),
  };
}

const skipped = judge.reasonToSkip;
if (skipped !== null) console.warn(`Nobody from outside judges our bytes: ${skipped}.`);

describe.skipIf(skipped !== null)(
  `an outside judge${skipped === null ? '' : ` (skipped: ${skipped})`}`,
  () => {
    // Go compiles its own library too the first time.
    beforeAll(() => expect(judge.build()).toBeNull(), 600_000);

    it('accepts our checkpoints, cosignatures, proofs, tiles and bundles at every size, and no mutated one', async () => {
      const given = await makeCase(sizes);
      const judged = await ask(given);
      expect(judged.Objections ?? []).toEqual([]);
      // Nothing was passed over: some three proofs of each kind at every size, and all that was mutated.
      expect(judged.Accepted).toBeGreaterThan(sizes * 15);
      expect(judged.Rejected).toBeGreaterThan(sizes * 60);
    }, 120_000);

    it('signs a checkpoint that we accept', async () => {
      const given = await makeCase(40);
      const { Signed, SignedKey } = await ask(given);
      const { origin: name, size, root } = openCheckpoint(Signed, [parseVerifierKey(SignedKey)]);
      expect([name, size]).toEqual(['judge.example.dk', 40n]);
      expect(given.steps.at(-1)?.note).toContain(root.toString('base64'));
    });

    it('objects to a wrong proof, tile, checkpoint, cosignature or bundle', async () => {
      const some = await makeCase(40);
      const none = Buffer.alloc(32).toString('base64');
      const step = some.steps[19];
      const inclusion = step?.inclusions[0];
      if (step === undefined || inclusion === undefined) throw new Error('the log is too short');
      const withStep = (change: Partial<Step>) => ({
        ...some,
        steps: some.steps.map((each) => (each === step ? { ...each, ...change } : each)),
      });
      const objection = async (changed: unknown) => (await ask(changed)).Objections?.[0] ?? 'none';
      const other = encodeCheckpoint({ origin, size: 20n, root: Buffer.alloc(32) });

      expect(await objection(some)).toBe('none');
      expect(await objection(withStep({ inclusions: [{ ...inclusion, hashes: [none] }] }))).toContain(
        'entry 19 of 20',
      );
      expect(await objection(withStep({ consistencies: [{ from: 7, hashes: [none] }] }))).toContain(
        '20 after 7',
      );
      expect(await objection(withStep({ tiles: { 'tile/0/000.p/20': none } }))).toContain(
        'by the tiles at 20',
      );
      expect(await objection(withStep({ note: `${other}\n${logSigner.sign(other)}` }))).toContain(
        'another tree',
      );
      expect(await objection(withStep({ note: step.note.replace(/— auditor.*\n$/, '') }))).toContain(
        '1 signatures',
      );
      expect(await objection({ ...some, bundles: {} })).toContain('tile/entries/000');
    });
  },
);
