import { NoteBroken, parseVerifierKey, type Verifier } from '../format/note.ts';
import { parseSize } from '../format/text-lines.ts';

/** The keys that somebody trusts, and when it is the turn of each. */
export interface TrustedKeys {
  readonly verifiers: readonly Verifier[];
  /** Whether a key may have signed the head of a tree of this size. */
  isInTurn(verifier: Verifier, size: bigint): boolean;
}

/**
 * @param lines each a verifier key, as `<name>+<key ID>+<base 64>`; a key of a log may be followed by a space and the size from which
 * on it signs, as the list in an export has it. Where two keys of a log have one, the later ends the time of the earlier: what a
 * retired key signs afterwards, stolen perhaps, is not the log's. Keys without a size may have signed anything.
 * @throws NoteBroken (`unreadable`) for a line that is none
 */
export function parseTrustedKeys(lines: readonly string[]): TrustedKeys {
  const keys = lines.map((line) => {
    const [key = '', from, ...more] = line.trim().split(/\s+/);
    const fromSize = from === undefined ? null : parseSize(from);
    if (more.length > 0 || (from !== undefined && fromSize === null))
      throw new NoteBroken('unreadable', 'not a verifier key with the size that it signs from');
    return { verifier: parseVerifierKey(key), fromSize };
  });
  const isAfter = (later: (typeof keys)[number], key: (typeof keys)[number]): boolean =>
    later.verifier.name === key.verifier.name &&
    later.verifier.algorithm === key.verifier.algorithm &&
    later.fromSize !== null &&
    key.fromSize !== null &&
    (later.fromSize > key.fromSize ||
      (later.fromSize === key.fromSize &&
        later.verifier.keyId !== key.verifier.keyId &&
        keys.indexOf(later) > keys.indexOf(key)));
  return {
    verifiers: keys.map(({ verifier }) => verifier),
    isInTurn: (verifier, size) =>
      keys.some((key) => {
        if (key.verifier.verifierKey !== verifier.verifierKey) return false;
        if (key.fromSize === null) return true;
        const isOver = keys.some((later) => isAfter(later, key) && size >= (later.fromSize ?? 0n));
        return size >= key.fromSize && !isOver;
      }),
  };
}
