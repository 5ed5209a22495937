import { z } from 'zod';
import { parseCitizenCode } from '../kernel/citizen-code.ts';
import { findCprLike, isCleanText, isEmail, parseDanishPhone } from '../kernel/text.ts';

/** What zod says when a text looks like a CPR number; the edge turns it into the error `cpr_refused`. */
export const cprRefused = 'cpr_refused';

/** Why a text is refused: where it looks like a CPR number, that is said, whatever else it should have been. */
export const cprOr = (message: string, value: string): string =>
  findCprLike(value) === null ? message : cprRefused;

/**
 * A line or paragraph that a person typed: no control characters, NUL or lone surrogates, nothing like a CPR number.
 * The length is checked first, so that megabytes are never searched.
 */
export const personText = (max: number, min = 1) =>
  z
    .string()
    .max(max)
    .superRefine((value, context) => {
      if (value.length > max) return;
      if (!isCleanText(value))
        context.addIssue({ code: 'custom', message: 'contains characters that cannot be stored' });
      if (findCprLike(value) !== null) context.addIssue({ code: 'custom', message: cprRefused });
    })
    .transform((value) => value.normalize('NFC').trim())
    .pipe(z.string().min(min).max(max));

export const name = personText(120).meta({ description: 'A name of 1 to 120 characters.' });

const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2101, 0, 1);
const withinReach = (value: string) => {
  const ms = Date.parse(value);
  return ms >= earliest && ms < latest;
};

/** An instant, ISO 8601 with offset, between the years 2000 and 2100. */
export const instant = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine(withinReach, 'must lie between the years 2000 and 2100')
  .meta({ description: 'ISO 8601 with offset, years 2000 to 2100.', examples: ['2026-11-24T09:00:00Z'] });

/** A calendar day in Denmark, between the years 2000 and 2100. */
export const day = z.iso
  .date()
  .refine(withinReach, 'must lie between the years 2000 and 2100')
  .meta({ description: 'A calendar day in Europe/Copenhagen.', examples: ['2026-11-24'] });

/** A day of an answer: the weeks around the first and the last day that can be asked for reach beyond these. */
export const shownDay = z.iso.date().meta({ description: 'A calendar day in Europe/Copenhagen.' });

export const id = z.uuid().meta({ description: 'A random identifier (UUID).' });
export const byId = z.object({ id });

export const initials = z
  .string()
  .regex(/^[A-ZÆØÅ][A-ZÆØÅ0-9]{0,11}$/, 'is 1 to 12 capital letters or digits')
  .refine((value) => findCprLike(value) === null, cprRefused)
  .meta({ description: 'The initials of a member of staff.', examples: ['BM13'] });
export const byInitials = z.object({ initials });

/** A citizen's code; small letters, spaces and easily confused characters are read as what was meant. */
export const citizenCode = z
  .string()
  .max(20)
  .transform((value, context) => {
    const code = parseCitizenCode(value);
    if (code === null) {
      context.addIssue({
        code: 'custom',
        message: cprOr('is not a citizen code such as B-7KQ25 (a character may be wrong)', value),
      });
      return z.NEVER;
    }
    return code;
  })
  .meta({ description: 'A citizen code: B- and five characters, the last one a check character.' });
export const byCode = z.object({ code: citizenCode });

export const phone = z
  .string()
  .max(40)
  .transform((value, context) => {
    const parsed = parseDanishPhone(value);
    if (parsed === null) {
      context.addIssue({ code: 'custom', message: cprOr('is not a telephone number', value) });
      return z.NEVER;
    }
    return parsed;
  })
  .meta({ description: 'Eight Danish digits, or + and country code.', examples: ['20 00 00 00'] });

export const email = z
  .string()
  .max(254)
  .superRefine((value, context) => {
    if (isEmail(value) && findCprLike(value) === null) return;
    context.addIssue({ code: 'custom', message: cprOr('is not an e-mail address', value) });
  })
  .meta({ examples: ['bm13@example.dk'] });

/** A flag in a query string. */
export const queryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A page of a list: give `next` back as `cursor` to go on; null at the end. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/)
    .optional(),
};
