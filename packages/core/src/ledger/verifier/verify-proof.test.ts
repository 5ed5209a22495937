import { describe, expect, it } from 'vitest';
import { hashLeaf } from '../format/leaf.ts';
import { createLogSigner } from '../format/note.ts';
import { encodeProofFile } from '../format/proof-file.ts';
import { proveConsistency, proveInclusion } from '../format/proofs.ts';
import { entryOf, logSigner, makeLog, origin, someEntries, verifierKeys, witnessSigner } from './fixture.ts';
import { verifyExtension, verifyProofFile } from './verify-proof.ts';

const log = makeLog(someEntries(700));
const other = createLogSigner(origin, Buffer.alloc(32, 9));

async function proofOf(index: bigint, checkpoint = log.note(700)): Promise<string> {
  return encodeProofFile({ index, proof: await proveInclusion(log.reader, index, 700n), checkpoint });
}
const kinds = ({ findings }: { readonly findings: readonly { readonly kind: string }[] }) =>
  findings.map(({ kind }) => kind).sort();

describe('a proof', () => {
  it('shows that an entry is in the log, by its bytes or by its hash', async () => {
    const note = log.note(700);
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    const proof = await proofOf(300n, note + witnessSigner.sign(text, new Date('2026-05-04T10:00:00Z')));
    const verdict = { origin, index: 300n, size: 700n, cosignedBy: ['auditor.example.dk'], findings: [] };
    expect(verifyProofFile(proof, { verifierKeys, entry: entryOf(300) })).toEqual(verdict);
    expect(verifyProofFile(proof, { verifierKeys, leafHash: hashLeaf(entryOf(300)) })).toEqual(verdict);
  });

  it('does not show it of another entry, another place or with another path', async () => {
    const proof = await proofOf(300n);
    const path = proof.split('\n')[3] ?? '';
    expect(kinds(verifyProofFile(proof, { verifierKeys, entry: entryOf(301) }))).toEqual(['proof-broken']);
    const elsewhere = proof.replace('index 300\n', 'index 301\n');
    expect(kinds(verifyProofFile(elsewhere, { verifierKeys, entry: entryOf(300) }))).toEqual([
      'proof-broken',
    ]);
    const wrong = proof.replace(path, Buffer.alloc(32).toString('base64'));
    expect(kinds(verifyProofFile(wrong, { verifierKeys, entry: entryOf(300) }))).toEqual(['proof-broken']);
  });

  it('that leads to a root which nobody trusted signed proves nothing', async () => {
    const entry = entryOf(300);
    const forged = await proofOf(300n, log.note(700, other));
    expect(kinds(verifyProofFile(forged, { verifierKeys, entry }))).toEqual(['unsigned-root', 'wrong-key']);
    const changed = (await proofOf(300n)).replace('\n700\n', '\n701\n');
    expect(kinds(verifyProofFile(changed, { verifierKeys, entry }))).toEqual([
      'signature-broken',
      'unsigned-root',
    ]);
    const unsigned = (await proofOf(300n)).replace(/\n— [^\n]+\n$/, '\n');
    expect(kinds(verifyProofFile(unsigned, { verifierKeys, entry }))).toEqual([
      'unreadable',
      'unsigned-root',
    ]);
    expect(kinds(verifyProofFile(await proofOf(300n), { verifierKeys: [], entry }))).toContain(
      'unsigned-root',
    );
  });

  it('that is none is unreadable', () => {
    expect(kinds(verifyProofFile(Buffer.of(0xff, 0x00), { verifierKeys, entry: entryOf(0) }))).toEqual([
      'unreadable',
    ]);
  });
});

describe('that a log extends what was kept', () => {
  const given = async (from: number, size: number) => ({
    kept: log.note(from),
    current: log.note(size),
    proof: await proveConsistency(log.reader, BigInt(from), BigInt(size)),
    verifierKeys,
  });

  it('is shown by a proof, and needs none for nothing or for the same', async () => {
    for (const [from, size] of [
      [0, 700],
      [1, 700],
      [256, 300],
      [699, 700],
      [700, 700],
    ] as const) {
      expect(verifyExtension(await given(from, size))).toEqual({
        from: BigInt(from),
        size: BigInt(size),
        findings: [],
      });
    }
  });

  it('is not shown of a history that was written anew', async () => {
    const rewritten = makeLog(someEntries(700).with(200, entryOf(9_000)));
    const proof = await proveConsistency(rewritten.reader, 300n, 700n);
    const verdict = verifyExtension({ ...(await given(300, 700)), current: rewritten.note(700), proof });
    expect(verdict.findings).toEqual([
      { kind: 'not-an-extension', index: '0', until: '299', where: 'against' },
    ]);
  });

  it('is not shown of a log that became shorter, of two of the same size, or of another log', async () => {
    const shorter = { ...(await given(300, 700)), kept: log.note(700), current: log.note(300) };
    expect(kinds(verifyExtension(shorter))).toEqual(['not-an-extension']);
    const rewritten = makeLog(someEntries(700).with(200, entryOf(9_000)));
    const twin = { ...(await given(700, 700)), current: rewritten.note(700) };
    expect(kinds(verifyExtension(twin))).toEqual(['not-an-extension']);
    const elsewhere = createLogSigner('elsewhere.example.dk', Buffer.alloc(32, 3));
    const keys = [...verifierKeys, elsewhere.verifier.verifierKey];
    const foreign = { ...(await given(300, 700)), current: log.note(700, elsewhere), verifierKeys: keys };
    expect(kinds(verifyExtension(foreign))).toEqual(['origin-mismatch']);
    // Nor by whoever has the key of the log that was kept alone, as after a log was replaced by another.
    expect(kinds(verifyExtension({ ...foreign, verifierKeys }))).toEqual(['origin-mismatch', 'wrong-key']);
  });

  it('is not shown by notes that nobody trusted signed', async () => {
    const forged = { ...(await given(300, 700)), kept: log.note(300, other) };
    expect(verifyExtension(forged).findings.map(({ kind, where }) => `${kind} ${where}`)).toEqual([
      'wrong-key against',
    ]);
    expect(
      kinds(
        verifyExtension({ ...forged, current: 'nothing', verifierKeys: [logSigner.verifier.verifierKey] }),
      ),
    ).toEqual(['unreadable', 'wrong-key']);
  });
});
