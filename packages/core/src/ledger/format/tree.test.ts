import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepTree, naiveRoot, someHashes } from './fixture.ts';
import { hashLeaf } from './leaf.ts';
import { emptyRoot, verifyConsistency, verifyInclusion } from './merkle.ts';
import { proveConsistency, proveInclusion, rootAt } from './proofs.ts';
import { appendToTiles, edgePlaces, rootOf, widthAt } from './tiles.ts';

/** The leaves and the roots of their trees that Certificate Transparency's implementations are tested with. */
const knownLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const knownRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leaves = someHashes(1_200);
const roots = Array.from({ length: 600 }, (_, size) => naiveRoot(leaves.slice(0, size)));
const batches = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(1, 255, 256, 257, 512)), {
  maxLength: 8,
});

function treeOf(size: number) {
  const tree = keepTree();
  tree.append(leaves.slice(0, size));
  return tree;
}

describe('a tree', () => {
  it('has the roots that other implementations are tested with', () => {
    const hashes = knownLeaves.map((leaf) => hashLeaf(Buffer.from(leaf, 'hex')));
    const found = hashes.map((_, at) => appendToTiles([], 0n, hashes.slice(0, at + 1)).root.toString('hex'));
    expect(found).toEqual(knownRoots);
  });

  it('without leaves is the hash of nothing', () => {
    expect(rootOf([], 0n)).toEqual(emptyRoot);
    expect(emptyRoot.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('is the same in whatever batches it grew, as the definition of RFC 6962 says', () => {
    fc.assert(
      fc.property(batches, (sizes) => {
        const tree = keepTree();
        for (const count of sizes) {
          const from = Number(tree.size);
          tree.append(leaves.slice(from, Math.min(from + count, leaves.length)));
        }
        const size = Number(tree.size);
        const atOnce = treeOf(size);
        expect(tree.root).toEqual(naiveRoot(leaves.slice(0, size)));
        expect(tree.tiles).toEqual(atOnce.tiles);
        expect(rootOf([...tree.tiles.values()], tree.size)).toEqual(tree.root);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps in each tile what tlog-tiles defines: the hashes of the subtrees below it', () => {
    const tree = keepTree();
    const many = someHashes(70_000);
    tree.append(many.slice(0, 300));
    tree.append(many.slice(300));
    expect(
      [...tree.tiles.values()]
        .filter(({ level }) => level > 0)
        .map(({ level, hashes }) => [level, hashes.length / 32]),
    ).toEqual([
      [1, 256],
      [1, 17],
      [2, 1],
    ]);
    expect(tree.tiles.get('0/273')?.hashes.length).toBe(112 * 32);
    expect(tree.tiles.get('1/1')?.hashes.subarray(32, 64)).toEqual(
      naiveRoot(many.slice(257 * 256, 258 * 256)),
    );
    expect(tree.tiles.get('2/0')?.hashes).toEqual(naiveRoot(many.slice(0, 65_536)));
    expect(edgePlaces(70_000n)).toEqual([
      { level: 0, index: 273n, width: 112 },
      { level: 1, index: 1n, width: 17 },
      { level: 2, index: 0n, width: 1 },
    ]);
    expect(edgePlaces(256n)).toEqual([{ level: 1, index: 0n, width: 1 }]);
    expect([widthAt(0, 273n, 70_000n), widthAt(0, 274n, 70_000n), widthAt(0, 3n, 70_000n)]).toEqual([
      112, 0, 256,
    ]);
  });

  it('tells only of tiles that are new or grew', () => {
    const tree = treeOf(700);
    const grown = appendToTiles([...tree.tiles.values()], 700n, leaves.slice(700, 710));
    expect(grown.tiles.map(({ level, index }) => `${level}/${index}`)).toEqual(['0/2']);
    expect(appendToTiles([...tree.tiles.values()], 700n, []).tiles).toEqual([]);
  });

  it('does not grow on an edge that is missing, short or longer than it', () => {
    const tiles = [...treeOf(300).tiles.values()];
    const [, second] = tiles;
    const withSecond = (hashes: Buffer) =>
      tiles.map((tile) => (tile === second ? { ...tile, hashes } : tile));
    expect(() => appendToTiles([], 300n, leaves.slice(0, 1))).toThrow('missing');
    expect(() => appendToTiles(withSecond(Buffer.alloc(32)), 300n, [])).toThrow('too short');
    expect(() => appendToTiles(withSecond(Buffer.alloc(64 * 32)), 300n, [])).toThrow('longer');
  });
});

describe('a proof', () => {
  const indexed = fc.integer({ min: 1, max: 599 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      index: fc.integer({ min: 0, max: size - 1 }),
      grownTo: fc.integer({ min: size, max: 1_200 }),
    }),
  );
  const other = Buffer.alloc(32, 0xab);

  it('of inclusion verifies, also from tiles that grew since, and no mutated one does', async () => {
    await fc.assert(
      fc.asyncProperty(indexed, fc.nat(), async ({ size, index, grownTo }, chosen) => {
        const { reader } = treeOf(grownTo);
        const root = roots[size] ?? emptyRoot;
        const proof = await proveInclusion(reader, BigInt(index), BigInt(size));
        const claim = {
          leafHash: leaves[index] ?? emptyRoot,
          index: BigInt(index),
          size: BigInt(size),
          proof,
          root,
        };
        expect(verifyInclusion(claim)).toBe(true);
        const at = chosen % Math.max(proof.length, 1);
        const changed = proof.map((hash, place) => (place === at ? other : hash));
        const wrong = [
          ...(proof.length > 0
            ? [{ proof: changed }, { proof: proof.slice(1) }, { proof: proof.slice(0, -1) }]
            : []),
          { proof: [...proof, other] },
          { proof: [...proof, Buffer.alloc(33)] },
          { leafHash: other },
          { root: other },
          { index: BigInt(index + 1) },
          { index: BigInt(index) - 1n },
          { index: BigInt(size) },
        ];
        for (const change of wrong) expect(verifyInclusion({ ...claim, ...change })).toBe(false);
        // Another size gives another path, save where the two trees divide alike above this leaf.
        if (proof.length > 1) expect(verifyInclusion({ ...claim, proof: proof.toReversed() })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('of consistency verifies, and no mutated one does', async () => {
    const pair = fc
      .integer({ min: 0, max: 599 })
      .chain((size) => fc.record({ size: fc.constant(size), from: fc.integer({ min: 0, max: size }) }));
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(), async ({ size, from }, chosen) => {
        const { reader } = treeOf(600);
        const proof = await proveConsistency(reader, BigInt(from), BigInt(size));
        const claim = {
          from: BigInt(from),
          fromRoot: roots[from] ?? emptyRoot,
          size: BigInt(size),
          root: roots[size] ?? emptyRoot,
          proof,
        };
        expect(verifyConsistency(claim)).toBe(true);
        const at = chosen % Math.max(proof.length, 1);
        const changed = proof.map((hash, place) => (place === at ? other : hash));
        const wrong = [
          ...(proof.length > 0
            ? [{ proof: changed }, { proof: proof.slice(1) }, { proof: proof.slice(0, -1) }]
            : []),
          { proof: [...proof, other] },
          { fromRoot: other },
          { from: BigInt(size + 1) },
          ...(from > 0 ? [{ root: other }] : []),
        ];
        for (const change of wrong) expect(verifyConsistency({ ...claim, ...change })).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('rejects the proof of another log of the same length', async () => {
    const forged = keepTree();
    forged.append([...leaves.slice(0, 100), other, ...leaves.slice(101, 400)]);
    const proof = await proveConsistency(forged.reader, 200n, 400n);
    const claim = { from: 200n, fromRoot: roots[200] ?? emptyRoot, size: 400n, root: forged.root, proof };
    expect(verifyConsistency(claim)).toBe(false);
  });

  it('gives the root of every earlier size', async () => {
    const { reader } = treeOf(1_200);
    for (const size of [0, 1, 2, 255, 256, 257, 511, 512, 513, 599]) {
      expect(await rootAt(reader, BigInt(size))).toEqual(roots[size]);
    }
  });

  it('is not made of tiles that are too short', async () => {
    const { reader } = treeOf(100);
    await expect(proveInclusion(reader, 3n, 200n)).rejects.toThrow('fewer than');
    await expect(proveInclusion(reader, 100n, 100n)).rejects.toThrow(RangeError);
    await expect(proveConsistency(reader, 101n, 100n)).rejects.toThrow(RangeError);
  });
});
