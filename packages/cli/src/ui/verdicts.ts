import type { Finding } from '@naer/core/contract/ledger';
import { counted, say } from '../language.ts';
import { entriesText, findingLines } from './ledger.ts';

/** What came of verifying, as `--json` shows it; sizes and places are whole numbers as text. */
export type Verdict = { readonly sound: boolean; readonly findings: readonly Finding[] } & (
  | {
      readonly kind: 'export';
      readonly origin: string | null;
      readonly size: string;
      readonly rootHash: string | null;
      readonly checkpoints: number;
      readonly cosignedBy: readonly string[];
      readonly against: string | null;
    }
  | {
      readonly kind: 'proof';
      readonly origin: string | null;
      readonly index: string | null;
      readonly size: string | null;
      readonly cosignedBy: readonly string[];
    }
  | { readonly kind: 'history'; readonly from: string | null; readonly size: string | null }
);

/** The verdict in one sentence, and below it what was found. */
export function verdictLines(verdict: Verdict): string[] {
  if (verdict.sound) return [soundText(verdict)];
  const found = counted(verdict.findings.length, ['fund', 'fund'], ['finding', 'findings']);
  return [`${brokenText(verdict)} ${found}:`, ...findingLines(verdict.findings)];
}

function soundText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'export': {
      const entries = entriesText(verdict.size);
      const checkpoints = counted(
        verdict.checkpoints,
        ['underskrevet punkt', 'underskrevne punkter'],
        ['signed checkpoint', 'signed checkpoints'],
      );
      const kept =
        verdict.against === null
          ? ''
          : say(
              `, og den fortsætter det gemte punkt på ${entriesText(verdict.against)}`,
              `, and it extends the kept checkpoint of ${entriesText(verdict.against)}`,
            );
      return say(
        `Loggen er hel: ${entries} fra ${verdict.origin}, holdt op mod ${checkpoints}${kept}.${cosignedText(verdict.cosignedBy)}`,
        `The log is sound: ${entries} of ${verdict.origin}, held against ${checkpoints}${kept}.${cosignedText(verdict.cosignedBy)}`,
      );
    }
    case 'proof':
      return say(
        `Beviset holder: det er post ${verdict.index} af ${verdict.size} i ${verdict.origin}.${cosignedText(verdict.cosignedBy)}`,
        `The proof holds: it is entry ${verdict.index} of ${verdict.size} in ${verdict.origin}.${cosignedText(verdict.cosignedBy)}`,
      );
    case 'history':
      return say(
        `Historien er ikke skrevet om: loggen på ${entriesText(verdict.size ?? 0)} fortsætter det gemte punkt på ${entriesText(verdict.from ?? 0)}.`,
        `History was not rewritten: the log of ${entriesText(verdict.size ?? 0)} extends the kept checkpoint of ${entriesText(verdict.from ?? 0)}.`,
      );
  }
}

const brokenText = ({ kind }: Verdict): string =>
  ({
    export: say('Loggen holder IKKE.', 'The log does NOT hold.'),
    proof: say('Beviset holder IKKE.', 'The proof does NOT hold.'),
    history: say('Loggen fortsætter IKKE det gemte punkt.', 'The log does NOT extend the kept checkpoint.'),
  })[kind];

const cosignedText = (names: readonly string[]): string =>
  names.length === 0
    ? ''
    : say(` Medunderskrevet af ${names.join(', ')}.`, ` Cosigned by ${names.join(', ')}.`);
