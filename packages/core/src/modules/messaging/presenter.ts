import type { Message } from '../../contract/index.ts';
import type { ListedMessage } from './store.ts';

export const presentMessage = (row: ListedMessage): Message => ({
  id: row.id,
  kind: row.kind,
  // A guest's message is about a citizen's visit, and not to the citizen.
  citizen: row.citizenId === null ? null : row.citizen,
  visit: row.visitId,
  channel: row.channel,
  state: row.state,
  sendAt: row.sendAt.toISOString(),
  sentAt: row.sentAt?.toISOString() ?? null,
  deliveredAt: row.deliveredAt?.toISOString() ?? null,
  attempts: row.attempts,
});
