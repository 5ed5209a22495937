import { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Endpoints } from '../../identity/index.ts';
import type { Measures } from '../measures/index.ts';
import { getProgramme } from '../plan/index.ts';
import { assertMayRead } from '../policy.ts';
import { readStatus } from './reading.ts';

export { readStatus } from './reading.ts';

export interface StatusRouteDeps {
  readonly measures: Measures;
  readonly clock: Clock;
}

export function registerStatusRoutes(endpoints: Endpoints, { measures, clock }: StatusRouteDeps): void {
  endpoints.read(api.programme.status, async (tx, { actor, params, query }) => {
    assertMayRead(actor, await getProgramme(tx, params.id));
    return readStatus(tx, { measures }, params.id, { ...query, today: localDay(clock.now()) });
  });
}
