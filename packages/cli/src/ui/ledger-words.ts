import type { FindingKind, KeyPurpose } from '@naer/core/contract/ledger';
import type { Words } from './words.ts';

/** What a check found, as the end of "Post 17: …". */
export const findingWords: Words<FindingKind> = {
  'leaf-changed': ['indholdet er ændret', 'its content was changed'],
  'leaf-missing': ['mangler', 'is missing'],
  'leaf-added': ['er kommet til bagefter', 'was added afterwards'],
  'leaves-swapped': ['er byttet om', 'were swapped'],
  'tile-changed': ['en hash i træets bund er ændret', 'a hash at the bottom of the tree was changed'],
  'node-changed': ['en hash højere i træet er ændret', 'a hash higher in the tree was changed'],
  'tile-missing': ['et stykke af træet mangler', 'a piece of the tree is missing'],
  'tile-added': ['et stykke er for meget i træet', 'a piece too much is in the tree'],
  'root-mismatch': ['træet er ikke det, der blev underskrevet', 'the tree is not the one that was signed'],
  'signature-broken': ['underskriften passer ikke til teksten', 'the signature does not fit the text'],
  'wrong-key': ['underskrevet med en anden nøgle', 'signed with another key'],
  'origin-mismatch': ['kommer fra en anden log', 'comes from another log'],
  'not-an-extension': [
    'historien er skrevet om: loggen fortsætter ikke det, der blev gemt',
    'history was rewritten: the log does not extend what was kept',
  ],
  'unsigned-root': ['beviset fører ikke til noget underskrevet', 'the proof leads to nothing signed'],
  'proof-broken': ['beviset holder ikke', 'the proof does not hold'],
  truncated: ['filen er kortet af', 'the file is cut short'],
  oversized: ['filen er længere, end den skal være', 'the file is longer than it should be'],
  unreadable: ['kan ikke læses', 'cannot be read'],
};

export const keyPurposeWords: Words<KeyPurpose> = {
  log: ['loggen', 'the log'],
  witness: ['vidnet', 'the witness'],
};
