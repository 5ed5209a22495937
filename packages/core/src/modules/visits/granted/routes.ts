import { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Endpoints } from '../../identity/index.ts';
import { createGranted } from './service.ts';

export function registerGrantedRoutes(endpoints: Endpoints, deps: { readonly clock: Clock }): void {
  const granted = createGranted(deps);
  endpoints.read(api.granted.list, (tx, { actor, query }) => granted.list(tx, actor, query));
  endpoints.read(api.granted.show, (tx, { actor, params, query }) =>
    granted.show(tx, actor, params.code, query),
  );
}
