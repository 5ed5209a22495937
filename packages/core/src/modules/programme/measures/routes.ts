import { api } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { type Endpoints, getTeamByName } from '../../identity/index.ts';
import { dayOfNumber, numberOfDay, type Period, periodsOf } from './days.ts';
import type { Measures } from './question.ts';
import { regularDays } from './rules.ts';

/** Five years of days and some. */
const mostItems = 1_900;

export interface MeasuresRouteDeps {
  readonly measures: Measures;
  /** @throws DomainError not_found; programme_kind_wrong where a programme has no visits of its own to measure */
  readonly programmeOf: (
    tx: ReadTx,
    id: string,
    /** How much of the log is to be believed; null is all there is. */
    size: bigint | null,
  ) => Promise<{ readonly targetGroup: number; readonly startsOn: string }>;
}

export function registerMeasuresRoutes(
  endpoints: Endpoints,
  { measures, programmeOf }: MeasuresRouteDeps,
): void {
  endpoints.read(api.programme.measures, async (tx, { params, query }) => {
    const { targetGroup, startsOn } = await programmeOf(
      tx,
      params.id,
      query.checkpoint === undefined ? null : BigInt(query.checkpoint),
    );
    const team = query.team === undefined ? null : await getTeamByName(tx, query.team);
    const named = { team: team?.name ?? null };
    const resolved = await measures.resolve(tx, query);
    if (resolved === null) return { ...named, citation: null, items: [] };
    const { question, citation } = resolved;
    const periods = askedPeriods({ ...query, at: question.at, startsOn });
    const figures = await measures.series(tx, question, {
      targetGroup,
      periods,
      ...(team === null ? {} : { team: team.id }),
    });
    const items = periods.flatMap(({ from, to }, nth) => {
      const found = figures[nth];
      return found === undefined ? [] : [{ from: dayOfNumber(from), to: dayOfNumber(to), figures: found }];
    });
    return { ...named, citation, items };
  });
}

/** @throws DomainError invalid_input */
function askedPeriods(asked: {
  readonly from?: string | undefined;
  readonly at: string;
  readonly by?: 'day' | 'week' | 'month' | undefined;
  readonly startsOn: string;
}): Period[] {
  const { at, by } = asked;
  const from = asked.from ?? usualFrom(asked);
  if (from > at) throw badFrom(`must not lie after ${at}, the day asked about`);
  if (by === undefined) return [{ from: numberOfDay(from), to: numberOfDay(at) }];
  const periods = periodsOf({ from, at }, by);
  if (periods.length > mostItems)
    throw badFrom(`makes ${periods.length} periods; at most ${mostItems} are told at once`);
  return periods;
}

/** Of one figure the 28 days that measures look back; of a series all since the programme began. */
function usualFrom({ at, by, startsOn }: { at: string; by?: unknown; startsOn: string }): string {
  if (by === undefined) return addDays(at, 1 - regularDays);
  return startsOn > at ? at : startsOn;
}

const badFrom = (message: string): DomainError =>
  new DomainError('invalid_input', {}, { details: { fields: [{ in: 'query', field: 'from', message }] } });
