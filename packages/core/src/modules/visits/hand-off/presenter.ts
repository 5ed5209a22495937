import type { HandOff } from '../../../contract/index.ts';
import type { HandOffRow } from './store.ts';

export const presentHandOff = (row: HandOffRow): HandOff => ({
  id: row.id,
  visit: row.visitId,
  citizen: row.citizen,
  worker: row.worker,
  channel: row.channel,
  at: row.happensAt.toISOString(),
  revision: row.revision,
  state: row.state,
  way: row.way,
  batch: row.batchId,
  receipt: row.receipt,
  handedAt: row.handedAt?.toISOString() ?? null,
});
