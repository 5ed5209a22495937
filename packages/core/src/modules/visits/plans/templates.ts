import type { Phase, PlanKind, PlanTemplate, Slot } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { addDays, fromLocal } from '../../../kernel/time-zone.ts';
import { addWeeks, mondayOf, weekOf } from './weeks.ts';

/** Five minutes on every weekday for somebody who sees nobody, then longer and rarer, until one talk a week remains. */
const growingSteps = [
  { weeks: 2, weekdays: [1, 2, 3, 4, 5], minutes: 5 },
  { weeks: 2, weekdays: [1, 3, 5], minutes: 10 },
  { weeks: 2, weekdays: [2, 4], minutes: 20 },
  { weeks: null, weekdays: [2], minutes: 30 },
] as const;

/** Every week for a month, every second for two, every fourth for three; then support has ended. */
const taperingSteps = [
  { everyWeeks: 1, weeks: 4 },
  { everyWeeks: 2, weeks: 8 },
  { everyWeeks: 4, weeks: 12 },
] as const;

export const planInvalid = (da: string, en: string): DomainError =>
  new DomainError('plan_invalid', { why_da: da, why_en: en });

/**
 * What a template comes to: stretches of weeks that look alike.
 *
 * @throws DomainError plan_invalid
 */
export function phasesOf(template: PlanTemplate): Phase[] {
  const phases = unroll(template);
  assertUsable(phases);
  return phases;
}

function unroll(template: PlanTemplate): Phase[] {
  switch (template.kind) {
    case 'weekly':
      if (template.slots.some(({ everyWeeks }) => everyWeeks !== 1)) {
        throw planInvalid('en ugentlig plan har besøg hver uge', 'a weekly plan has visits every week');
      }
      return [{ weeks: null, slots: template.slots }];
    case 'fortnightly':
      if (template.slots.some(({ everyWeeks }) => everyWeeks > 2)) {
        throw planInvalid(
          'en plan for hver anden uge har besøg hver anden uge',
          'a fortnightly plan has visits every second week',
        );
      }
      return [{ weeks: null, slots: template.slots.map((slot) => ({ ...slot, everyWeeks: 2 })) }];
    case 'growing': {
      const { channel, time } = template;
      const steps = template.steps ?? growingSteps;
      return steps.map(({ weeks, weekdays, minutes }) => ({
        weeks,
        slots: [...new Set(weekdays)]
          .sort((a, b) => a - b)
          .map((weekday) => ({ channel, weekday, time, minutes, everyWeeks: 1 })),
      }));
    }
    case 'split':
      return [{ weeks: null, slots: [template.visit, ...template.calls] }];
    case 'tapering': {
      const steps: readonly { everyWeeks: number; weeks: number; minutes?: number | undefined }[] =
        template.steps ?? taperingSteps;
      return steps.map(({ everyWeeks, weeks, minutes = template.slot.minutes }) => ({
        weeks,
        slots: [{ ...template.slot, everyWeeks, minutes }],
      }));
    }
    case 'custom':
      return template.phases;
  }
}

/**
 * All slots of a phase meet in its first week, so slots that would meet at all meet there, and the plan could never be
 * held.
 *
 * @throws DomainError plan_invalid
 */
export function assertUsable(phases: readonly Phase[]): void {
  if (phases.slice(0, -1).some(({ weeks }) => weeks === null)) {
    throw planInvalid(
      'kun det sidste trin kan vare indtil videre',
      'only the last step may go on until further notice',
    );
  }
  for (const { slots } of phases) {
    const spans = slots.map(spanInWeek).sort((a, b) => a.from - b.from);
    if (spans.some((span, n) => span.from < (spans[n - 1]?.to ?? 0))) {
      throw planInvalid('to af ugens besøg ligger samtidig', 'two visits of a week are at the same time');
    }
  }
}

function spanInWeek({ weekday, time, minutes }: Slot): { readonly from: number; readonly to: number } {
  const [hour, minute] = time.split(':').map(Number);
  const from = weekday * 1440 + (hour ?? 0) * 60 + (minute ?? 0);
  return { from, to: from + minutes };
}

/** What a plan is after its phases were changed by hand: still weekly or fortnightly where it is only that. */
export function kindOf(phases: readonly Phase[]): PlanKind {
  const [only] = phases;
  if (phases.length !== 1 || only === undefined || only.weeks !== null) return 'custom';
  if (only.slots.every(({ everyWeeks }) => everyWeeks === 1)) return 'weekly';
  return only.slots.every(({ everyWeeks }) => everyWeeks === 2) ? 'fortnightly' : 'custom';
}

/**
 * The day from which a plan counts: where the week of the day asked for has nothing left of the first phase, the plan
 * begins with the week after, so that no step is a week shorter, and no fortnight later, than it was meant to be.
 */
export function firstDay(startsOn: string, phases: readonly Phase[], now: Date): string {
  const monday = mondayOf(weekOf(startsOn));
  const isLeft = phases[0]?.slots.some(({ weekday, time }) => {
    const day = addDays(monday, weekday - 1);
    return day >= startsOn && fromLocal(`${day}T${time}`) > now;
  });
  return isLeft ? startsOn : mondayOf(addWeeks(weekOf(startsOn), 1));
}
