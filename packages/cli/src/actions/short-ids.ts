import { CliError } from '../errors/cli-error.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isId = (text: string): boolean => uuid.test(text);

/** What tables show of an id; long enough to be one of a kind in any list a person reads. */
export const shortId = (id: string): string => id.slice(0, 8);

/** The id that starts with what somebody copied from a table. */
export function matchId(ids: readonly string[], text: string): string {
  const wanted = text.trim().toLowerCase();
  const found = [...new Set(ids)].filter((id) => id.toLowerCase().startsWith(wanted));
  const [only] = found;
  if (only === undefined || wanted === '') throw new CliError('id_unknown', { id: text });
  if (found.length > 1)
    throw new CliError('id_ambiguous', { id: text, choices: found.slice(0, 5).join(', ') });
  return only;
}
