import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { api, HandOffDocument } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Outbox, Tx } from '../../../storage/index.ts';
import type { CitizenContacts } from '../../citizens/index.ts';
import { type Actor, assertAllowed } from '../../identity/index.ts';
import { visitsPolicy } from '../policy.ts';
import { assembleDocuments } from './assemble.ts';
import { writeDocumentsAsCsv, writeDocumentsAsJson } from './batch-file.ts';
import { enqueueAgain, enqueueCall } from './calls.ts';
import { createHandOffRecord } from './record.ts';
import {
  type HandOffRow,
  hasEarlierUnderWay,
  insertWaiting,
  isBatch,
  listBatch,
  listCitizensOfBatch,
  lockBatch,
  lockHandOff,
  lockLatest,
  markDelivered,
  markInFile,
  putBackToWaiting,
  seesVisit,
} from './store.ts';

export interface HandOffDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly contacts: Pick<CitizenContacts, 'identities' | 'logReading'>;
  readonly outbox: Outbox;
  /** Whether there is a case system to call; else what waits is taken by hand or as a file. */
  readonly hasCaseSystem: boolean;
}

export type HandOffs = ReturnType<typeof createHandOffs>;
export type BatchWish = z.output<typeof api.handOff.exportBatch.body>;

const batchRows = 200;

/**
 * Hands recorded visits to the case system, each revision once: by a call, in a file, or by hand. Whoever hands one off
 * holds its row; while a call is under way, or its answer was lost, the row says so and nobody else takes it.
 */
export function createHandOffs(deps: HandOffDeps) {
  const { clock, contacts, outbox, hasCaseSystem } = deps;
  const record = createHandOffRecord(deps);

  /** What was refused waits again: it may have been corrected, here or there. */
  const putBack = async (tx: Tx, row: HandOffRow): Promise<void> => {
    await putBackToWaiting(tx, row.id);
    await record.waits(tx, row);
    if (hasCaseSystem) await enqueueAgain(tx, outbox, row, clock.now());
  };

  /** @throws DomainError not_allowed, not_found, not_handed_off_yet */
  const takeLatest = async (tx: Tx, actor: Actor, visitId: string): Promise<HandOffRow> => {
    assertAllowed(visitsPolicy, actor, 'hand-off:write');
    if (!(await seesVisit(tx, actor, visitId))) throw new DomainError('not_found', { kind: 'visit' });
    const row = await lockLatest(tx, visitId);
    if (row === null) throw new DomainError('not_handed_off_yet');
    return row;
  };

  return {
    /**
     * Which revision a visit has that is recorded or corrected now. Held until the transaction ends, so that none is
     * handed off in between: one more where the last revision has arrived, or may have; else the same again.
     */
    revisionOf: async (tx: Tx, visitId: string): Promise<number> => {
      const last = await lockLatest(tx, visitId);
      return last === null ? 1 : last.revision + (mayHaveArrived(last) ? 1 : 0);
    },

    /**
     * A visit was recorded as held, futile or followed up, or corrected: it waits for the case system, and is told to it
     * as it is by then. To be called once the visit is written, within the same transaction.
     */
    recorded: async (tx: Tx, _actor: Actor, { visitId }: { readonly visitId: string }): Promise<void> => {
      const last = await lockLatest(tx, visitId);
      if (last !== null && !mayHaveArrived(last)) {
        if (last.state === 'refused') await putBack(tx, last);
        return;
      }
      const fresh = { id: randomUUID(), visitId, revision: (last?.revision ?? 0) + 1 };
      await insertWaiting(tx, fresh, clock.now());
      await record.waits(tx, fresh);
      if (hasCaseSystem) await enqueueCall(tx, outbox, fresh);
    },

    /**
     * The text and fields of a recorded visit, with case number and note; the reading is logged.
     *
     * @throws DomainError not_allowed, not_found, not_handed_off_yet, citizen_erased
     */
    read: async (tx: Tx, actor: Actor, visitId: string): Promise<HandOffDocument> => {
      const row = await takeLatest(tx, actor, visitId);
      const [document] = await assembleDocuments(tx, contacts.identities, actor.municipalityId, [row]);
      if (document === undefined) throw new DomainError('citizen_erased');
      const { citizenId, citizen } = row;
      await contacts.logReading(tx, actor, { id: citizenId, code: citizen }, 'hand-off', 'documentation');
      return document;
    },

    /**
     * Somebody pasted the text into the case system; a call that waits to be sent is dropped.
     *
     * @param revision which one was pasted, where that is to be the last one
     * @returns the id of the hand-off
     * @throws DomainError not_allowed, not_found, not_handed_off_yet, handed_off_already, hand_off_under_way
     */
    markByHand: async (tx: Tx, actor: Actor, visitId: string, revision?: number): Promise<string> => {
      const row = await takeLatest(tx, actor, visitId);
      if (revision !== undefined && revision > row.revision) throw new DomainError('not_handed_off_yet');
      if (row.state === 'delivered' || (revision !== undefined && revision < row.revision))
        throw new DomainError('handed_off_already', { revision: revision ?? row.revision });
      // Where no case system is called any more, only somebody who looks there can tell whether it arrived.
      const isUnderWay = row.state === 'waiting' && row.way !== null;
      if (hasCaseSystem && (isUnderWay || (await hasEarlierUnderWay(tx, row))))
        throw new DomainError('hand_off_under_way');
      const done = { way: 'by-hand', receipt: null, staffId: actor.staffId } as const;
      await markDelivered(tx, row.id, done, clock.now());
      await record.delivered(tx, actor.staffId, [row], 'by-hand');
      return row.id;
    },

    /**
     * Everything that waits, as a file in pieces that is valid until the transaction ends, and from then on handed off;
     * logged for each citizen. The same batch again is the same visits again, as they now are, and never others: nothing
     * is lost with a file that did not reach anybody. Only those of citizens erased since are left out.
     *
     * @throws DomainError not_allowed
     */
    exportBatch: async (
      tx: Tx,
      actor: Actor,
      { id, format, until }: BatchWish,
    ): Promise<AsyncIterable<string>> => {
      assertAllowed(visitsPolicy, actor, 'hand-off:export');
      await lockBatch(tx, id);
      if (!(await isBatch(tx, id))) {
        const before = until === undefined ? null : new Date(until);
        const wish = { id, until: before, staffId: actor.staffId, isCalled: hasCaseSystem };
        await record.delivered(tx, actor.staffId, await markInFile(tx, wish, clock.now()), 'file');
      }
      for (const citizen of await listCitizensOfBatch(tx, id))
        await contacts.logReading(tx, actor, citizen, 'hand-off', 'documentation');

      async function* documents(): AsyncGenerator<HandOffDocument> {
        for (let last: HandOffRow | null = null; ; ) {
          const rows: HandOffRow[] = await listBatch(tx, id, last, batchRows);
          yield* await assembleDocuments(tx, contacts.identities, actor.municipalityId, rows);
          last = rows.at(-1) ?? null;
          if (rows.length < batchRows) return;
        }
      }
      return format === 'csv' ? writeDocumentsAsCsv(documents()) : writeDocumentsAsJson(documents());
    },

    /**
     * What was refused waits again, and the case system is called again where there is one.
     *
     * @returns the id of the hand-off
     * @throws DomainError not_allowed, not_found, handed_off_already, citizen_erased
     */
    retry: async (tx: Tx, actor: Actor, id: string): Promise<string> => {
      assertAllowed(visitsPolicy, actor, 'hand-off:write');
      const row = await lockHandOff(tx, id);
      if (row === null || !(await seesVisit(tx, actor, row.visitId)))
        throw new DomainError('not_found', { kind: 'hand-off' });
      if (row.state === 'delivered') throw new DomainError('handed_off_already', { revision: row.revision });
      if (row.erased) throw new DomainError('citizen_erased');
      if (row.state === 'refused') await putBack(tx, row);
      return id;
    },
  };
}

/** Delivered, or sent with an answer that nobody knows. */
const mayHaveArrived = ({ state, way }: HandOffRow): boolean => state === 'delivered' || way !== null;
