import type { IncomingMessage } from 'node:http';
import { MediaError } from '../media-error.ts';

const bearer = 'Bearer ';

/**
 * The access token of a request: the Authorization header, or `access_token` in the query, which is all a browser's
 * WebSocket can send. Null where there is none.
 * @throws MediaError unauthenticated where the header holds something else
 */
export function tokenOf(request: Pick<IncomingMessage, 'headers'>, url: URL): string | null {
  const header = request.headers.authorization;
  if (header !== undefined && header !== '') {
    if (!header.startsWith(bearer)) {
      throw new MediaError('unauthenticated', 'invalid authorization header. Must start with Bearer');
    }
    return header.slice(bearer.length);
  }
  const query = url.searchParams.get('access_token');
  return query === null || query === '' ? null : query;
}
