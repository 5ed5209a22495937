import { api } from '../../../contract/index.ts';
import type { Endpoints } from '../../identity/index.ts';
import { getProgramme } from '../plan/index.ts';
import { shownMonths } from './store.ts';

export function registerMonthsRoutes(endpoints: Endpoints): void {
  endpoints.read(api.programme.months, async (tx, { params, query }) => {
    const { id } = await getProgramme(tx, params.id);
    return { items: await shownMonths(tx, id, query) };
  });
}
