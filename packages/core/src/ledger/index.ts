export * from './format/index.ts';
export { assertSound, checkLedger, runLedgerCheck } from './writer/check.ts';
export { addCosignatures } from './writer/cosignatures.ts';
export { exportLedger, type LedgerExport } from './writer/export.ts';
export {
  createLedgerKeys,
  type KeyUser,
  type LedgerKeys,
  type PublicKeyRow,
  type SeedVault,
} from './writer/keys.ts';
export { createLedger, type Ledger, type SealedLeaf } from './writer/ledger.ts';
export {
  findHead,
  findTile,
  listCheckpoints,
  listLeaves,
  proveExtension,
  proveLeaf,
  requireCheckpoint,
  requireHead,
  requireLeaf,
  type StoredCheckpoint,
  type StoredLeaf,
} from './writer/reading.ts';
export { readVerifierKey } from './writer/refusals.ts';
export { createLedgerSigning, unsignedLeavesSql } from './writer/signing.ts';
export {
  endWitness,
  listWitnesses,
  requireWitness,
  type StoredWitness,
  trustWitness,
} from './writer/witnesses.ts';
export { cosignRequest } from './writer/witnessing.ts';
