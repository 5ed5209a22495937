import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { emptyRoot } from './merkle.ts';
import {
  createLogSigner,
  createWitnessSigner,
  formatVerifierKey,
  makeSeed,
  NoteBroken,
  type NoteFault,
  parseNote,
  parseVerifierKey,
  verifyNote,
} from './note.ts';
import { encodeProofFile, parseProofFile } from './proof-file.ts';
import { encodeWitnessRequest, parseWitnessRequest } from './witness-request.ts';

/** The example of the C2SP page on signed notes. */
const exampleKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const exampleNote = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

/** The example of the documentation of golang.org/x/mod/sumdb/note, whose private key is public. */
const peter = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

const log = createLogSigner('example.dk/log', Buffer.alloc(32, 1));
const witness = createWitnessSigner('witness.example.dk', Buffer.alloc(32, 2));
const seenAt = new Date('2026-05-04T10:00:00.700Z');
const text = encodeCheckpoint({ origin: 'example.dk/log', size: 7n, root: emptyRoot });
const signed = `${text}\n${log.sign(text)}`;
const cosigned = `${signed}${witness.sign(text, seenAt)}`;

function faultOf(act: () => unknown): NoteFault | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof NoteBroken) return error.code;
    throw error;
  }
}

describe('a signed note', () => {
  it('of the specification is read', () => {
    const { text: said, verified } = verifyNote(exampleNote, [parseVerifierKey(exampleKey)]);
    expect(said).toBe('This is an example message.\n');
    expect(verified.map(({ verifier, at }) => [verifier.name, at])).toEqual([['example.com/foo', null]]);
  });

  it('is byte for byte what the Go implementation writes', () => {
    const signer = createLogSigner('PeterNeumann', peter.seed);
    expect(formatVerifierKey(signer.verifier)).toBe(peter.verifierKey);
    expect(signer.sign(peter.text)).toBe(peter.line);
    const verifier = parseVerifierKey(peter.verifierKey);
    expect(verifyNote(`${peter.text}\n${peter.line}`, [verifier]).text).toBe(peter.text);
  });

  it('has no byte that could be another', () => {
    const note = Buffer.from(cosigned);
    const verifiers = [log.verifier, witness.verifier];
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(note);
        changed[at] = (changed[at] ?? 0) ^ change;
        let seen = 0;
        try {
          const open = openCheckpoint(changed, verifiers);
          expect(open).toMatchObject({ origin: 'example.dk/log', size: 7n, root: emptyRoot });
          seen = 1 + open.cosigned.length;
        } catch (error) {
          expect(error).toBeInstanceOf(NoteBroken);
        }
        // A changed name or ID makes a signature somebody's whom nobody knows; it never makes another text pass.
        expect(seen).toBeLessThan(2);
      }),
      { numRuns: 300 },
    );
  });

  it('says which fault it has', () => {
    const known = [log.verifier];
    const other = createLogSigner('example.dk/log', Buffer.alloc(32, 9));
    const forged = other.sign(text).replace(/ (\S+)\n$/, (_, encoded: string) => {
      const bytes = Buffer.from(encoded, 'base64');
      bytes.write(log.verifier.keyId, 0, 'hex');
      return ` ${bytes.toString('base64')}\n`;
    });
    expect(faultOf(() => verifyNote(signed, [other.verifier]))).toBe('wrong-key');
    expect(faultOf(() => verifyNote(signed, []))).toBe('wrong-key');
    expect(faultOf(() => verifyNote(`${text}\n${forged}`, known))).toBe('signature-broken');
    expect(faultOf(() => verifyNote(`${text}\n${log.sign(text)}${forged}`, known))).toBe('signature-broken');
    expect(faultOf(() => verifyNote(signed.replace('\n7\n', '\n8\n'), known))).toBe('signature-broken');
    expect(verifyNote(`${text}\n${other.sign(text)}${log.sign(text)}`, known).verified).toHaveLength(1);
    expect(verifyNote(`${text}\n${log.sign(text)}${log.sign(text)}`, known).verified).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['no signature', `${text}\n`],
    ['no blank line', text + log.sign(text)],
    ['no newline at its end', signed.slice(0, -1)],
    ['a carriage return', signed.replace('\n', '\r\n')],
    ['a line that is no signature', `${signed}and more\n`],
    ['a hyphen for a dash', signed.replace('—', '-')],
    ['a signature that is not base 64', signed.replace(/=*\n$/, '!\n')],
    ['a key name with a plus', signed.replace('— example', '— exam+ple')],
    ['more than a hundred signatures', `${text}\n${log.sign(text).repeat(101)}`],
    ['no end', `${'long line\n'.repeat(20_000)}\n${log.sign(text)}`],
  ])('with %s is unreadable', (_, note) => {
    expect(faultOf(() => verifyNote(note, [log.verifier]))).toBe('unreadable');
  });

  it('is unreadable when it is not UTF-8', () => {
    const note = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(signed)]);
    expect(faultOf(() => parseNote(note))).toBe('unreadable');
  });

  it('is made only of lines of text', () => {
    expect(() => log.sign('no newline')).toThrow();
    expect(() => log.sign('a bell \u0007\n')).toThrow();
  });
});

describe('a verifier key', () => {
  it('is written and read alike', () => {
    for (const { verifier } of [log, witness, createLogSigner('a', makeSeed())]) {
      expect(parseVerifierKey(formatVerifierKey(verifier))).toEqual(verifier);
    }
  });

  it('is not read with any character changed', () => {
    for (let at = 0; at < exampleKey.length; at += 1) {
      const changed = `${exampleKey.slice(0, at)}${exampleKey[at] === 'x' ? 'y' : 'x'}${exampleKey.slice(at + 1)}`;
      expect(
        faultOf(() => parseVerifierKey(changed)),
        changed,
      ).toBe('unreadable');
    }
    expect(faultOf(() => parseVerifierKey(''))).toBe('unreadable');
    expect(faultOf(() => parseVerifierKey(`a b${exampleKey.slice(15)}`))).toBe('unreadable');
  });

  it('has an ID of its own for each use of the same key', () => {
    const seed = Buffer.alloc(32, 5);
    const asLog = createLogSigner('a', seed).verifier;
    const asWitness = createWitnessSigner('a', seed).verifier;
    expect(asLog.publicKey).toEqual(asWitness.publicKey);
    expect(asLog.keyId).not.toBe(asWitness.keyId);
  });
});

describe('a checkpoint', () => {
  it('is written and read alike', () => {
    const head = { origin: 'example.dk/log', size: 20_852_163n, root: Buffer.alloc(32, 3) };
    expect(parseCheckpoint(encodeCheckpoint(head))).toEqual(head);
    expect(encodeCheckpoint({ origin: 'o', size: 0n, root: emptyRoot })).toBe(
      'o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    );
  });

  it('tells who signed and who cosigned, and when, in whole seconds', () => {
    const open = openCheckpoint(cosigned, [log.verifier, witness.verifier]);
    expect(open.signedBy).toBe(log.verifier);
    expect(open.cosigned).toEqual([{ verifier: witness.verifier, at: new Date('2026-05-04T10:00:00.000Z') }]);
    expect(openCheckpoint(cosigned, [log.verifier]).cosigned).toEqual([]);
  });

  it('that only a witness signed is nobody’s', () => {
    const note = `${text}\n${witness.sign(text, seenAt)}`;
    expect(faultOf(() => openCheckpoint(note, [log.verifier, witness.verifier]))).toBe('wrong-key');
  });

  it('of another log is not taken for one of this, even when the same key signed', () => {
    const elsewhere = encodeCheckpoint({ origin: 'example.dk/other', size: 7n, root: emptyRoot });
    const note = `${elsewhere}\n${log.sign(elsewhere)}`;
    expect(faultOf(() => openCheckpoint(note, [log.verifier]))).toBe('origin-mismatch');
  });

  it.each([
    '',
    'o\n7\n',
    'o\n07\nROOT\n',
    'o\n-1\nROOT\n',
    '\n7\nROOT\n',
    'o\n7\nROOT',
    'o\n7\nROOT\n\nmore\n',
    'o\n7\nAAAA\n',
  ])('is not read from %j', (form) => {
    const body = form.replace('ROOT', emptyRoot.toString('base64'));
    expect(faultOf(() => parseCheckpoint(body))).toBe('unreadable');
  });
});

describe('a proof in a file and a request to a witness', () => {
  const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('have the lines of tlog-proof and tlog-witness', () => {
    const [one, two] = hashes.map((hash) => hash.toString('base64'));
    const proof = { index: 3n, proof: hashes, checkpoint: signed };
    expect(encodeProofFile(proof)).toBe(`c2sp.org/tlog-proof@v1\nindex 3\n${one}\n${two}\n\n${signed}`);
    expect(encodeProofFile({ ...proof, extra: Buffer.from('x') })).toContain('@v1\nextra eA==\nindex 3\n');
    expect(encodeWitnessRequest({ from: 3n, proof: hashes, checkpoint: signed })).toBe(
      `old 3\n${one}\n${two}\n\n${signed}`,
    );
  });

  it('are read as they were written', () => {
    const proofs = fc.array(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
      {
        maxLength: 63,
      },
    );
    const extras = fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 62n) - 1n }), proofs, extras, (index, proof, extra) => {
        const file = { index, proof, extra, checkpoint: signed };
        expect(parseProofFile(Buffer.from(encodeProofFile(file)))).toEqual(file);
        const request = { from: index, proof, checkpoint: signed };
        expect(parseWitnessRequest(encodeWitnessRequest(request))).toEqual(request);
      }),
    );
  });

  it.each([
    '',
    'c2sp.org/tlog-proof@v1\n\n',
    'c2sp.org/tlog-proof@v2\nindex 1\n\n',
    'c2sp.org/tlog-proof@v1\nindex 01\n\n',
  ])('are not read from %j', (start) => {
    expect(faultOf(() => parseProofFile(start + (start === '' ? '' : signed)))).toBe('unreadable');
  });

  it.each([
    '',
    'old 1\n',
    'old x\n\n',
    'old 1\nAAAA\n\n',
    `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n`,
  ])('are not read from %j', (start) => {
    expect(faultOf(() => parseWitnessRequest(start))).toBe('unreadable');
  });
});
