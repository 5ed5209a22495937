import { DomainError } from '../../kernel/errors.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import { NoteBroken, parseNote, type Verified, type Verifier, verifyNote } from '../format/note.ts';
import { listCheckpoints, requireCheckpoint, type StoredCheckpoint } from './reading.ts';
import { assertNoCpr, attempt, refusal, type Why } from './refusals.ts';
import { listWitnesses, type StoredWitness } from './witnesses.ts';

/** How far back a bare signature is looked for: it does not say itself what it was given for. */
const searchedCheckpoints = 5000;

/**
 * Keeps what witnesses that are trusted signed: a whole cosigned checkpoint, or the signature lines alone.
 *
 * @returns the checkpoint's size, and the names of the witnesses that are new on it
 * @throws DomainError cosignature_refused, checkpoint_unknown, ledger_empty, cpr_refused
 */
export async function addCosignatures(
  tx: Tx,
  municipalityId: string,
  given: string,
  now: Date,
): Promise<{ readonly size: bigint; readonly added: readonly string[] }> {
  const witnesses = (await listWitnesses(tx)).filter(({ endedAt }) => endedAt === null);
  const text = given.replaceAll('\r\n', '\n').replace(/\n*$/, '\n');
  const { checkpoint, verified } = text.includes('\n\n')
    ? await matchCheckpoint(tx, text, witnesses)
    : await findCosigned(tx, text, witnesses);
  const added: string[] = [];
  for (const { verifier, at } of verified) {
    const witness = witnesses.find((each) => each.verifier === verifier);
    const line = lineOf(text, verifier);
    if (witness === undefined || at === null) continue;
    const rows = await tx.$queryRaw<unknown[]>`
      INSERT INTO ledger_cosignature (municipality_id, size, witness_id, line, cosigned_at, added_at)
      VALUES (${municipalityId}::uuid, ${checkpoint.size}::bigint, ${witness.id}::uuid, ${line}, ${at}, ${now})
      ON CONFLICT DO NOTHING RETURNING size`;
    if (rows.length > 0) added.push(verifier.name);
  }
  return { size: checkpoint.size, added };
}

const lineOf = (text: string, { name, keyId }: Verifier): string => {
  const { signatures } = parseNote(text.includes('\n\n') ? text : `x\n\n${text}`);
  const found = signatures.find((each) => each.name === name && each.keyId === keyId);
  return `${found?.line ?? ''}\n`;
};

interface Cosigned {
  readonly checkpoint: StoredCheckpoint;
  readonly verified: readonly Verified[];
}

const bodyOf = (note: string): string => note.slice(0, note.indexOf('\n\n') + 1);

const notOfTrusted: Why = [
  'den er ikke fra et vidne, som I har tillid til',
  'it is not from a witness that you trust',
];
const doesNotFit: Why = ['den passer ikke til punktet', 'it does not fit the checkpoint'];

function explain(error: NoteBroken, text: string): DomainError {
  if (error.code === 'unreadable') {
    assertNoCpr(text);
    return refusal('cosignature_refused', ['teksten er ikke en underskrift', 'the text is no signature']);
  }
  return refusal('cosignature_refused', error.code === 'wrong-key' ? notOfTrusted : doesNotFit);
}

async function matchCheckpoint(
  tx: ReadTx,
  text: string,
  witnesses: readonly StoredWitness[],
): Promise<Cosigned> {
  const opened = attempt(() => {
    const { text: body, verified } = verifyNote(
      text,
      witnesses.map(({ verifier }) => verifier),
    );
    return { verified, body };
  });
  if (opened instanceof NoteBroken) throw explain(opened, text);
  const [origin = '', size = ''] = opened.body.split('\n');
  const [any] = await listCheckpoints(tx, { limit: 1 });
  if (any === undefined) throw new DomainError('ledger_empty');
  if (origin !== any.origin)
    throw refusal('cosignature_refused', ['den gælder en anden log', 'it is for another log']);
  if (!/^(0|[1-9]\d{0,17})$/.test(size))
    throw refusal('cosignature_refused', ['den gælder ikke et punkt', 'it is not for a checkpoint']);
  const checkpoint = await requireCheckpoint(tx, BigInt(size));
  // What was signed, and not where it seems to end: a longer text is another one.
  if (bodyOf(checkpoint.note) !== opened.body)
    throw refusal(
      'cosignature_refused',
      [
        `vidnet har underskrevet en anden log af størrelsen ${size}: de to kan ikke begge være rigtige`,
        `the witness signed another log of size ${size}: both cannot be right`,
      ],
      { size },
    );
  return { checkpoint, verified: opened.verified };
}

async function findCosigned(
  tx: ReadTx,
  lines: string,
  witnesses: readonly StoredWitness[],
): Promise<Cosigned> {
  const readable = attempt(() => parseNote(`x\n\n${lines}`));
  if (readable instanceof NoteBroken) throw explain(readable, lines);
  const verifiers = witnesses
    .map(({ verifier }) => verifier)
    .filter(({ name, keyId }) =>
      readable.signatures.some((each) => each.name === name && each.keyId === keyId),
    );
  if (verifiers.length === 0) throw refusal('cosignature_refused', notOfTrusted);
  let below: bigint | undefined;
  for (let looked = 0; looked < searchedCheckpoints; ) {
    const page = await listCheckpoints(tx, {
      ...(below === undefined ? {} : { upTo: below - 1n }),
      limit: 500,
    });
    for (const checkpoint of page) {
      const signed = attempt(() => verifyNote(`${bodyOf(checkpoint.note)}\n${lines}`, verifiers));
      if (!(signed instanceof NoteBroken)) return { checkpoint, verified: signed.verified };
    }
    looked += page.length;
    below = page.at(-1)?.size;
    if (page.length < 500) break;
  }
  throw refusal('cosignature_refused', [
    'den passer ikke til nogen af de seneste punkter; send hele det medunderskrevne punkt',
    'it fits none of the latest checkpoints; send the whole cosigned checkpoint',
  ]);
}
