import { rowProblem } from '@naer/core/contract/imports';
import { alternative, skipped } from '@naer/core/contract/rooms';
import { z } from 'zod';
import { alternativeLines } from '../ui/alternatives.ts';
import { problemLines } from '../ui/problems.ts';
import { skippedText } from '../ui/rooms.ts';

const fields = z.array(z.object({ field: z.string(), message: z.string() }));

/** The lines between what happened and what to do next: the fields, rooms or rows that the error is about. */
export function detailLines(
  failure: { readonly details: Readonly<Record<string, unknown>> },
  argv: readonly string[],
): string[] {
  const wrong = fields.safeParse(failure.details.fields);
  if (wrong.success) return wrong.data.map(({ field, message }) => `  ${field}: ${message}`);
  const choices = z.array(alternative).safeParse(failure.details.alternatives);
  if (choices.success) return alternativeLines(choices.data, argv);
  const conflicts = z.array(skipped).safeParse(failure.details.conflicts);
  if (conflicts.success) return skippedText(conflicts.data).split('\n');
  const rows = z.array(rowProblem).safeParse(failure.details.problems);
  if (rows.success) return problemLines(rows.data, { all: false, total: rows.data.length });
  return [];
}
