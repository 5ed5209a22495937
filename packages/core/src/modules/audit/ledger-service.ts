import type { KeyPurpose } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import {
  addCosignatures,
  cosignRequest,
  encodeProofFile,
  encodeWitnessRequest,
  endWitness,
  type Ledger,
  type LedgerKeys,
  proveExtension,
  proveLeaf,
  requireCheckpoint,
  requireHead,
  type StoredCheckpoint,
  trustWitness,
} from '../../ledger/index.ts';
import type { ChangeEvents, ReadTx, Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import { auditPolicy } from './policy.ts';

export interface LedgerServiceDeps {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly changes: ChangeEvents;
  readonly keys: LedgerKeys;
}

export type LedgerService = ReturnType<typeof createLedgerService>;

/** What can be asked of a municipality's log, and what can be agreed with others about it. */
export function createLedgerService({ clock, ledger, changes, keys }: LedgerServiceDeps) {
  const tell = async (tx: Tx, type: string, data: Readonly<Record<string, string>>): Promise<void> => {
    const [log] = await tx.$queryRaw<{ origin: string }[]>`SELECT origin FROM ledger_log`;
    await changes.append(tx, { type, entity: { kind: 'ledger', id: log?.origin ?? '' }, data });
  };
  /** The checkpoint of a size, and how a smaller tree grew into it. */
  const proveGrowth = async (
    tx: ReadTx,
    from: string,
    size: string | undefined,
  ): Promise<{ readonly checkpoint: StoredCheckpoint; readonly hashes: readonly Buffer[] }> => {
    const checkpoint = await requireSigned(tx, size);
    return { checkpoint, hashes: await proveExtension(tx, BigInt(from), checkpoint) };
  };

  return {
    proveInclusion: async (tx: ReadTx, index: string, size: string | undefined) => {
      const checkpoint = await requireSigned(tx, size);
      const { leafHash, proof } = await proveLeaf(tx, BigInt(index), checkpoint);
      return {
        checkpoint,
        leafHash,
        file: encodeProofFile({ index: BigInt(index), proof, checkpoint: checkpoint.note }),
      };
    },
    proveGrowth,
    askWitness: async (tx: ReadTx, from: string, size: string | undefined) => {
      const { checkpoint, hashes } = await proveGrowth(tx, from, size);
      const request = encodeWitnessRequest({
        from: BigInt(from),
        proof: hashes,
        checkpoint: checkpoint.note,
      });
      return { checkpoint, request };
    },

    rotateKey: async (tx: Tx, actor: Actor, purpose: KeyPurpose) => {
      assertAllowed(auditPolicy, actor, 'ledger:write');
      return keys.rotateKey(tx, actor, purpose);
    },
    trustWitness: async (tx: Tx, actor: Actor, verifierKey: string): Promise<string> => {
      assertAllowed(auditPolicy, actor, 'ledger:write');
      const { id, isNew } = await trustWitness(tx, actor, verifierKey, clock.now());
      if (isNew) {
        await ledger.append(tx, actor.staffId, { type: 'ledger.witness-trusted', witness: id });
        await tell(tx, 'ledger.witness-trusted', { witness: id });
      }
      return id;
    },
    endWitness: async (tx: Tx, actor: Actor, id: string): Promise<void> => {
      assertAllowed(auditPolicy, actor, 'ledger:write');
      if (!(await endWitness(tx, id, clock.now()))) return;
      await ledger.append(tx, actor.staffId, { type: 'ledger.witness-ended', witness: id });
      await tell(tx, 'ledger.witness-ended', { witness: id });
    },
    /** @returns the size of the checkpoint that was cosigned */
    addCosignatures: async (tx: Tx, actor: Actor, note: string): Promise<bigint> => {
      assertAllowed(auditPolicy, actor, 'ledger:write');
      const { size, added } = await addCosignatures(tx, actor.municipalityId, note, clock.now());
      for (const witness of added) await tell(tx, 'ledger.cosigned', { size: String(size), witness });
      return size;
    },
    cosign: async (
      tx: Tx,
      actor: Actor,
      asked: { readonly request: string; readonly verifierKey: string },
    ) => {
      assertAllowed(auditPolicy, actor, 'ledger:witness');
      const signer = await keys.readSigner(tx, actor.municipalityId, 'witness');
      // A cosignature states whole seconds.
      const now = new Date(Math.floor(clock.now().getTime() / 1000) * 1000);
      const head = await cosignRequest(tx, actor.municipalityId, asked, { signer, now });
      await tell(tx, 'ledger.witnessed', { origin: head.origin, size: String(head.size) });
      return head;
    },
  };
}

/** @throws DomainError ledger_empty, checkpoint_unknown */
const requireSigned = (tx: ReadTx, size: string | undefined): Promise<StoredCheckpoint> =>
  size === undefined ? requireHead(tx) : requireCheckpoint(tx, BigInt(size));
