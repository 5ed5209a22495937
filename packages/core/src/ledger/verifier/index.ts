export {
  createWitnessSigner,
  makeSeed,
  NoteBroken,
  type NoteFault,
  parseVerifierKey,
  type Signer,
  type Verifier,
} from '../format/note.ts';
export { type ExportVerdict, verifyExport } from './verify-export.ts';
export { type ProofVerdict, verifyExtension, verifyProofFile } from './verify-proof.ts';
export {
  type Cosigned,
  cosignRequest,
  type Refusal,
  type RefusalReason,
  refusalReasons,
  type Witnessed,
} from './witness.ts';
