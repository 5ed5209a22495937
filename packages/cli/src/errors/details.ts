import { rowProblem } from '@naer/core/contract/imports';
import { gapReasons, plan } from '@naer/core/contract/plans';
import { alternative, skipped } from '@naer/core/contract/rooms';
import { holdParts, visit, visitWarnings } from '@naer/core/contract/visits';
import { z } from 'zod';
import { alternativeLines } from '../ui/alternatives.ts';
import { commandWith, nearestLines, planChoiceLines, visitChoiceLines } from '../ui/pasteable.ts';
import { gapTable } from '../ui/plans.ts';
import { problemLines } from '../ui/problems.ts';
import { skippedText } from '../ui/rooms.ts';

const fields = z.array(z.object({ field: z.string(), message: z.string() }));
const span = z.object({ startsAt: z.string(), endsAt: z.string() });
const refusedHold = z.object({ missing: z.array(z.enum(holdParts)), nearest: z.array(span) });
const conflicts = z.array(span.extend({ week: z.string(), slot: z.int(), reason: z.enum(gapReasons) }));
const warnings = z.array(z.enum(visitWarnings)).min(1);

/**
 * The lines between what happened and what to do next: the fields, rooms, times or rows that the error is about. `argv` is
 * the command that failed; what is proposed instead is that command again, to paste.
 */
export function detailLines(
  failure: {
    readonly details: Readonly<Record<string, unknown>>;
    readonly params?: Readonly<Record<string, string | number>>;
  },
  argv: readonly string[],
): string[] {
  const { details } = failure;
  const wrong = fields.safeParse(details.fields);
  if (wrong.success) return wrong.data.map(({ field, message }) => `  ${field}: ${message}`);
  const choices = z.array(alternative).safeParse(details.alternatives);
  if (choices.success) return alternativeLines(choices.data, argv);
  const refused = refusedHold.safeParse(details);
  if (refused.success) return nearestLines(refused.data.nearest, argv);
  if (warnings.safeParse(details.warnings).success) return [commandWith(argv, '--anyway')];
  const taken = z.array(skipped).safeParse(details.conflicts);
  if (taken.success) return skippedText(taken.data).split('\n');
  const gaps = conflicts.safeParse(details.conflicts);
  if (gaps.success) {
    const rest = Number(failure.params?.total) > gaps.data.length;
    return [...gapTable(gaps.data).split('\n'), ...(rest ? [commandWith(argv, '--skip-conflicts')] : [])];
  }
  const rows = z.array(rowProblem).safeParse(details.problems);
  if (rows.success) return problemLines(rows.data, { all: false, total: rows.data.length });
  return ambiguous(details, argv);
}

/** Our own: several visits or plans fit what was named. They were parsed when they came. */
function ambiguous(details: Readonly<Record<string, unknown>>, argv: readonly string[]): string[] {
  const named = z.string().safeParse(details.named);
  if (!named.success) return [];
  const visits = z.array(visit).safeParse(details.visits);
  if (visits.success) return visitChoiceLines(argv, named.data, visits.data);
  const plans = z.array(plan).safeParse(details.plans);
  return plans.success ? planChoiceLines(argv, named.data, plans.data) : [];
}
