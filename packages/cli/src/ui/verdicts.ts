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

/** What says nothing of the log, but of what it was to be held against. */
const aboutKept = ({ kind, where }: Finding): boolean => where === 'against' && kind !== 'not-an-extension';

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

/** Blames nothing but what was found: a wrong file and a key that is missing are no fault of the log. */
function brokenText(verdict: Verdict): string {
  const { kind, findings } = verdict;
  if (verdict.kind === 'export' && verdict.origin === null)
    return say(
      'Filen er ikke en eksport af en log, eller dens begyndelse er ødelagt.',
      'The file is no export of a log, or its beginning is broken.',
    );
  if (findings.every(aboutKept))
    return kind === 'export'
      ? say(
          'Det gemte punkt kan ikke bruges. Med loggen selv er der intet galt.',
          'The kept checkpoint cannot be used. Nothing is wrong with the log itself.',
        )
      : say('Det gemte punkt kan ikke bruges.', 'The kept checkpoint cannot be used.');
  if (kind !== 'proof' && findings.every((each) => each.kind === 'wrong-key'))
    return say(
      'Ikke alt er underskrevet med de nøgler, du gav. Er nøglen skiftet, skal alle loggens nøgler med.',
      'Not all of it is signed with the keys that you gave. If the key was rotated, all keys of the log are needed.',
    );
  switch (kind) {
    case 'export':
      return say('Loggen holder IKKE.', 'The log does NOT hold.');
    case 'proof':
      return say('Beviset holder IKKE.', 'The proof does NOT hold.');
    case 'history':
      return say('Loggen fortsætter IKKE det gemte punkt.', 'The log does NOT extend the kept checkpoint.');
  }
}

const cosignedText = (names: readonly string[]): string =>
  names.length === 0
    ? ''
    : say(` Medunderskrevet af ${names.join(', ')}.`, ` Cosigned by ${names.join(', ')}.`);
