import { describeTableReason, type ReasonParams, type TableReason } from '../contract/import-reasons.ts';
import { DomainError } from '../kernel/errors.ts';
import { findCprLike, isEmail, mask, parseDanishPhone, tidyText } from '../kernel/text.ts';

/** The refusal of a file as a whole: `import_unreadable`, with the closed reason and its params in the details. */
export function unreadable(reason: TableReason, params: ReasonParams = {}): DomainError {
  const why = {
    why_da: describeTableReason(reason, params, 'da'),
    why_en: describeTableReason(reason, params, 'en'),
  };
  return new DomainError('import_unreadable', why, { details: { reason, params } });
}

/** A heading as an error may show it: a file without headings has a person's data where they should stand. */
export function shownHeading(heading: string): string {
  const text = tidyText(heading);
  const personal = findCprLike(text) !== null || isEmail(text) || parseDanishPhone(text) !== null;
  if (personal) return mask(text);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
