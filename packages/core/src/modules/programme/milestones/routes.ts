import { api, type Forecast } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { addDays, localDay } from '../../../kernel/time-zone.ts';
import type { Endpoints } from '../../identity/index.ts';
import type { ForecastMeasure } from '../forecast/index.ts';
import { describeForecast, forecastOf } from '../forecast/index.ts';
import type { Measures } from '../measures/index.ts';
import { getProgrammeThen } from '../plan/index.ts';
import { assertMayRead } from '../policy.ts';
import { type Reality, readReality, sizeAsked } from './reality.ts';
import { judgeMilestones } from './service.ts';

export interface MilestoneRouteDeps {
  readonly measures: Measures;
  readonly clock: Clock;
}

export function registerMilestoneRoutes(endpoints: Endpoints, { measures, clock }: MilestoneRouteDeps): void {
  endpoints.read(api.programme.milestones, async (tx, { actor, params, query }) => {
    const programme = await getProgrammeThen(tx, { measures }, params.id, sizeAsked(query));
    assertMayRead(actor, programme);
    const reality = await readReality(tx, { measures }, programme, query, localDay(clock.now()));
    return {
      citation: reality.citation,
      items: await judgeMilestones(programme, reality, query.language),
    };
  });
}

export function registerForecastRoutes(endpoints: Endpoints, { measures, clock }: MilestoneRouteDeps): void {
  endpoints.read(api.programme.forecast, async (tx, { actor, params, query }) => {
    const programme = await getProgrammeThen(tx, { measures }, params.id, sizeAsked(query));
    assertMayRead(actor, programme);
    const reality = await readReality(tx, { measures }, programme, query, localDay(clock.now()));
    // What is common to several is not reached, nor missed, by one of them alone.
    const planned = programme.kind === 'member' ? [] : reality.planned;
    const wanted = await wantedOf({ ...reality, planned }, query);
    const { at, curve, citation } = reality;
    const forecast: Forecast = forecastOf({ ...wanted, curve, at, language: query.language });
    const value = reality.value(wanted.measure);
    return { citation, forecast, curve, sentence: describeForecast(forecast, value, at, query.language) };
  });
}

interface Wanted {
  readonly measure: ForecastMeasure;
  readonly target: number;
  readonly due: string;
}

/**
 * What is asked about, or else what the next milestone asks of citizens: the first that is not reached.
 *
 * @throws DomainError invalid_input where no target is named and no milestone has one
 */
async function wantedOf(
  reality: Reality,
  asked: {
    readonly measure?: ForecastMeasure | undefined;
    readonly target?: number | undefined;
    readonly due?: string | undefined;
  },
): Promise<Wanted> {
  let last: Wanted | null = null;
  for (const { due, needs } of reality.planned) {
    for (const need of needs) {
      if (need.kind !== 'measure') continue;
      const { measure, atLeast } = need;
      if (measure !== 'has-received' && measure !== 'receives-regularly') continue;
      if (asked.measure !== undefined && asked.measure !== measure) continue;
      last = { measure, target: asked.target ?? atLeast, due: asked.due ?? due };
      if ((await reality.firstReached(measure, last.target)) === null) return last;
    }
  }
  if (last !== null) return last;
  if (asked.target === undefined) {
    const fields = [{ in: 'query', field: 'target', message: 'is needed, since no milestone has one' }];
    throw new DomainError('invalid_input', {}, { details: { fields } });
  }
  return {
    measure: asked.measure ?? 'has-received',
    target: asked.target,
    due: asked.due ?? addDays(reality.at, 182),
  };
}
