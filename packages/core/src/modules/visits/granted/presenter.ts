import type { GrantedSummary, GrantedWeek } from '../../../contract/index.ts';
import { type Account, grantsWithin, sum, total, type WeekAccount } from './rules.ts';
import type { GrantedCitizen } from './store.ts';
import { addWeeks } from './weeks.ts';

export const presentWeek = (week: WeekAccount): GrantedWeek => ({
  from: week.from,
  granted: week.granted,
  carriedIn: week.carriedIn,
  delivered: week.delivered,
  planned: week.planned,
  carriedOut: week.carriedOut,
});

/** The grant is the one that holds at the end of the period; nothing where none had begun by then. */
export function presentSummary(
  { code, worker, grants, erased }: GrantedCitizen,
  { from, weeks: length }: { readonly from: string; readonly weeks: number },
  { weeks, shortfall }: Account,
): GrantedSummary {
  const to = addWeeks(from, length);
  const grant = grantsWithin(grants, from, to).at(-1);
  const [delivered, planned] = [
    sum(weeks.map((week) => week.delivered)),
    sum(weeks.map((week) => week.planned)),
  ];
  const granted = weeks.reduce((minutes, week) => minutes + week.granted, 0);
  const carriedIn = weeks[0]?.carriedIn ?? 0;
  return {
    citizen: code,
    worker,
    grant: { minutes: grant?.minutes ?? 0, per: grant?.per ?? 'week' },
    from,
    to,
    granted,
    carriedIn,
    delivered,
    deliveredTotal: total(delivered),
    planned,
    plannedTotal: total(planned),
    left: granted + carriedIn - total(delivered) - total(planned),
    onlinePercent: total(delivered) === 0 ? null : Math.round((100 * delivered.video) / total(delivered)),
    shortfall: erased ? null : shortfall,
  };
}
