export type { Leaf, LedgerEntry } from './format/entries.ts';
export { encodeLeaf, hashLeaf } from './format/leaf.ts';
export { createLedger, type Ledger } from './writer/ledger.ts';
