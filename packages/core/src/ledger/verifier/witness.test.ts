import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../format/checkpoint.ts';
import { createLogSigner } from '../format/note.ts';
import { proveConsistency } from '../format/proofs.ts';
import { encodeWitnessRequest } from '../format/witness-request.ts';
import { entryOf, logSigner, makeLog, origin, someEntries, witnessSigner } from './fixture.ts';
import { cosignRequest, type Witnessed } from './witness.ts';

const log = makeLog(someEntries(300));
const rewritten = makeLog(someEntries(300).with(5, entryOf(9_000)));
const at = new Date('2026-05-04T10:00:00Z');
const { verifierKey } = logSigner.verifier;

async function requestOf(from: number, size: number, of = log, note = of.note(size)): Promise<string> {
  const proof = await proveConsistency(of.reader, BigInt(from), BigInt(size));
  return encodeWitnessRequest({ from: BigInt(from), proof, checkpoint: note });
}
const ask = (request: string, state: Witnessed | null = null, key = verifierKey) =>
  cosignRequest({ request, verifierKey: key, signer: witnessSigner, state, at });
const seen = (size: number, of = log): Witnessed => ({ origin, size: BigInt(size), root: of.rootAt(size) });
const refusal = (reason: string, size = 0) => ({ cosigned: false, reason, seen: BigInt(size) });

describe('a witness', () => {
  it('cosigns a log that it never saw, then what extends it, then the same again', async () => {
    const first = ask(await requestOf(0, 100));
    if (!first.cosigned) throw new Error(first.reason);
    expect(first.state).toEqual(seen(100));
    const open = openCheckpoint(log.note(100) + first.signature, [
      logSigner.verifier,
      witnessSigner.verifier,
    ]);
    expect(open.cosigned).toEqual([{ verifier: witnessSigner.verifier, at }]);
    const second = ask(await requestOf(100, 300), first.state);
    if (!second.cosigned) throw new Error(second.reason);
    expect(second.state).toEqual(seen(300));
    expect(ask(await requestOf(300, 300), second.state)).toMatchObject({ cosigned: true, state: seen(300) });
  });

  it('does not cosign a history that was written anew, not even at the same size', async () => {
    expect(ask(await requestOf(100, 300, rewritten), seen(100))).toEqual(refusal('not-an-extension', 100));
    expect(ask(await requestOf(300, 300, rewritten), seen(300))).toEqual(refusal('not-an-extension', 300));
  });

  it('says from which size on it wants a proof', async () => {
    expect(ask(await requestOf(0, 300), seen(100))).toEqual(refusal('other-size', 100));
    expect(ask(await requestOf(100, 300))).toEqual(refusal('other-size', 0));
  });

  it('does not go back, and says that the log is smaller than it was', async () => {
    const backwards = encodeWitnessRequest({ from: 200n, proof: [], checkpoint: log.note(100) });
    expect(ask(backwards, seen(200))).toEqual(refusal('smaller', 200));
    expect(ask(await requestOf(50, 100), seen(200))).toEqual(refusal('smaller', 200));
    expect(ask(backwards, seen(50))).toEqual(refusal('unreadable', 50));
  });

  it('cosigns the same again though the request begins elsewhere, since an answer can get lost', async () => {
    expect(ask(await requestOf(0, 300), seen(300))).toMatchObject({ cosigned: true, state: seen(300) });
    expect(ask(await requestOf(0, 300, rewritten), seen(300))).toEqual(refusal('not-an-extension', 300));
  });

  it('takes no proof from nothing to something', async () => {
    const request = encodeWitnessRequest({ from: 0n, proof: [Buffer.alloc(32)], checkpoint: log.note(100) });
    expect(ask(request)).toEqual(refusal('not-an-extension'));
  });

  it('cosigns only what the key of the log signed', async () => {
    const other = createLogSigner(origin, Buffer.alloc(32, 9));
    const elsewhere = createLogSigner('elsewhere.example.dk', Buffer.alloc(32, 3));
    expect(ask(await requestOf(0, 100, log, log.note(100, other)))).toEqual(refusal('wrong-key'));
    expect(ask((await requestOf(0, 100)).replace('\n100\n', '\n101\n'))).toEqual(refusal('signature-broken'));
    expect(ask('no request')).toEqual(refusal('unreadable'));
    expect(ask(await requestOf(0, 100), null, 'no key')).toEqual(refusal('unreadable'));
    const foreign = await requestOf(0, 100, log, log.note(100, elsewhere));
    expect(ask(foreign, seen(0), elsewhere.verifier.verifierKey)).toEqual(refusal('origin-mismatch'));
  });
});
