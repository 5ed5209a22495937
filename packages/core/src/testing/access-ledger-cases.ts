import {
  createLogSigner,
  createWitnessSigner,
  emptyRoot,
  encodeCheckpoint,
  encodeWitnessRequest,
  makeSeed,
} from '../ledger/index.ts';
import type { Case } from './access-case.ts';
import type { Place } from './access-place.ts';

const reads = (operation: string, query: (size: string) => Record<string, string> = () => ({})): Case => ({
  operation,
  needs: ['ledger:read'],
  make: async (place) => ({ query: query(await place.signedSize()) }),
});
const newWitness = (place: Place) => createWitnessSigner(`witness.example/w${place.next()}`, makeSeed());

async function trusted(place: Place): Promise<{ id: string; witness: ReturnType<typeof newWitness> }> {
  const witness = newWitness(place);
  const { verifierKey } = witness.verifier;
  const { id } = await place.have('ledger.trustWitness', { body: { verifierKey } });
  return { id: String(id), witness };
}

/** A log of somebody else that was never seen here, and what it asks of its witness. */
function requestOf(place: Place): { request: string; verifierKey: string } {
  const log = createLogSigner(`log.example/l${place.next()}`, makeSeed());
  const text = encodeCheckpoint({ origin: log.verifier.name, size: 1n, root: emptyRoot });
  return {
    request: encodeWitnessRequest({ from: 0n, proof: [], checkpoint: `${text}\n${log.sign(text)}` }),
    verifierKey: log.verifier.verifierKey,
  };
}

/** Whoever reads the log may prove what is in it; keys, and whose word is taken on them, are the administrator's. */
export const ledgerCases: readonly Case[] = [
  reads('ledger.head'),
  reads('ledger.listLeaves', () => ({ limit: '200' })),
  {
    operation: 'ledger.showLeaf',
    needs: ['ledger:read'],
    make: async (place) => ({ params: { index: String(BigInt(await place.signedSize()) - 1n) } }),
  },
  reads('ledger.listCheckpoints'),
  {
    operation: 'ledger.showCheckpoint',
    needs: ['ledger:read'],
    make: async (place) => ({ params: { size: await place.signedSize() } }),
  },
  reads('ledger.proveInclusion', (size) => ({ index: '0', size })),
  reads('ledger.proveConsistency', (size) => ({ from: '1', size })),
  reads('ledger.export', (size) => ({ size })),
  {
    operation: 'ledger.check',
    needs: ['ledger:check'],
    make: async (place) => {
      await place.signedSize();
      return {};
    },
  },
  reads('ledger.listKeys'),
  { operation: 'ledger.rotateKey', needs: ['ledger:write'], make: () => ({ body: { purpose: 'witness' } }) },
  reads('ledger.listWitnesses'),
  {
    operation: 'ledger.trustWitness',
    needs: ['ledger:write'],
    make: (place) => ({ body: { verifierKey: newWitness(place).verifier.verifierKey } }),
  },
  {
    operation: 'ledger.endWitness',
    needs: ['ledger:write'],
    make: async (place) => ({ params: { id: (await trusted(place)).id } }),
  },
  reads('ledger.askWitness', (size) => ({ from: '1', size })),
  {
    operation: 'ledger.addCosignature',
    needs: ['ledger:write'],
    make: async (place) => {
      const { witness } = await trusted(place);
      const { note } = await place.have('ledger.showCheckpoint', {
        params: { size: await place.signedSize() },
      });
      const text = String(note).slice(0, String(note).indexOf('\n\n') + 1);
      return { body: { note: `${text}\n${witness.sign(text, new Date('2026-11-24T08:00:00Z'))}` } };
    },
  },
  { operation: 'ledger.cosign', needs: ['ledger:witness'], make: (place) => ({ body: requestOf(place) }) },
];
