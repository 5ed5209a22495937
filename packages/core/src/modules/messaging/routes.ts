import { api } from '../../contract/index.ts';
import { decodeCursor, instantKey, toPage, uuidKey } from '../../kernel/cursor.ts';
import type { Endpoints } from '../identity/index.ts';
import { presentMessage } from './presenter.ts';
import type { MessagesService } from './service.ts';
import { listMessages } from './store.ts';

export function registerMessageRoutes(
  endpoints: Endpoints,
  { messages }: { readonly messages: MessagesService },
): void {
  const routes = api.messages;

  endpoints.read(routes.list, async (tx, { actor, query }) => {
    const { limit, cursor, state, citizen } = query;
    const rows = await listMessages(tx, actor, {
      state: state ?? null,
      citizen: citizen ?? null,
      after: cursor === undefined ? null : decodeCursor(cursor, [instantKey, uuidKey]),
      limit: limit + 1,
    });
    return toPage(rows, limit, presentMessage, (row) => [row.sendAt.toISOString(), row.id]);
  });
  endpoints.write(
    routes.show,
    async (tx, { actor, params }) => ({
      reference: params.id,
      fresh: await messages.readMail(tx, actor, params.id),
    }),
    // A repeated request has nothing fresh: it is another reading, and logged as one.
    async (tx, id, { actor }, fresh) => fresh ?? messages.readMail(tx, actor, id),
  );
  endpoints.write(
    routes.retry,
    async (tx, { actor, params }) => ({ reference: await messages.retry(tx, actor, params.id) }),
    async (tx, id, { actor }) => presentMessage(await messages.get(tx, actor, id)),
  );
}
