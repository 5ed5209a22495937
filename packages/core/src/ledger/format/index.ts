export {
  encodeCheckpoint,
  type OpenCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type TreeHead,
} from './checkpoint.ts';
export type { Leaf, LedgerEntry } from './entries.ts';
export { decodeEntryBundle, encodeEntryBundle, maxEntryLength } from './entry-bundle.ts';
export * from './export-file.ts';
export { encodeLeaf, hashLeaf } from './leaf.ts';
export { emptyRoot, hashNode, TreeRange, verifyConsistency, verifyInclusion } from './merkle.ts';
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
} from './note.ts';
export { encodeProofFile, type ProofFile, parseProofFile } from './proof-file.ts';
export { proveConsistency, proveInclusion, rootAt, type TileReader } from './proofs.ts';
export { hashLength, sha256 } from './sha256.ts';
export { encodeTarFile, tarEnd, tarHeader, tarPadding } from './tar.ts';
export * from './tiles.ts';
export { encodeWitnessRequest, parseWitnessRequest, type WitnessRequest } from './witness-request.ts';
