import { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Endpoints } from '../../identity/index.ts';
import type { Measures } from '../measures/index.ts';
import { readStatus } from './reading.ts';

export { readStatus } from './reading.ts';

export interface StatusRouteDeps {
  readonly measures: Measures;
  readonly clock: Clock;
}

export function registerStatusRoutes(endpoints: Endpoints, { measures, clock }: StatusRouteDeps): void {
  endpoints.read(api.programme.status, (tx, { params, query }) =>
    readStatus(tx, { measures }, params.id, { ...query, today: localDay(clock.now()) }),
  );
}
