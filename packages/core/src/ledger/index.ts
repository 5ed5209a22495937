export type { Leaf, LedgerEntry } from './format/entries.ts';
export { encodeLeaf, hashLeaf } from './format/leaf.ts';
export { createLedger, type Ledger, type SealedLeaf } from './writer/ledger.ts';
