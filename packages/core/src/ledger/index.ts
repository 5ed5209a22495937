export {
  encodeCheckpoint,
  type OpenCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type TreeHead,
} from './format/checkpoint.ts';
export type { Leaf, LedgerEntry } from './format/entries.ts';
export { decodeEntryBundle, encodeEntryBundle, maxEntryLength } from './format/entry-bundle.ts';
export * from './format/export-file.ts';
export { encodeLeaf, hashLeaf } from './format/leaf.ts';
export { emptyRoot, hashNode, TreeRange, verifyConsistency, verifyInclusion } from './format/merkle.ts';
export {
  createLogSigner,
  createWitnessSigner,
  formatVerifierKey,
  isKeyName,
  makeSeed,
  NoteBroken,
  type NoteFault,
  parseNote,
  parseSignatureLine,
  parseVerifierKey,
  type Signer,
  type Verified,
  type Verifier,
  verifierOf,
  verifyNote,
} from './format/note.ts';
export { encodeProofFile, type ProofFile, parseProofFile } from './format/proof-file.ts';
export { proveConsistency, proveInclusion, rootAt, type TileReader } from './format/proofs.ts';
export { hashLength, sha256 } from './format/sha256.ts';
export { encodeTarFile, tarEnd, tarHeader, tarPadding } from './format/tar.ts';
export * from './format/tiles.ts';
export { encodeWitnessRequest, parseWitnessRequest, type WitnessRequest } from './format/witness-request.ts';
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
export { createLedgerSigning, unsignedLeavesSql } from './writer/signing.ts';
export {
  endWitness,
  listWitnesses,
  requireWitness,
  type StoredWitness,
  trustWitness,
} from './writer/witnesses.ts';
export { cosignRequest, decideToCosign } from './writer/witnessing.ts';
