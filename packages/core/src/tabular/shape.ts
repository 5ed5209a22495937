import type { ReasonParams, RowReason } from '../contract/import-reasons.ts';
import { foldName, tidyText } from '../kernel/text.ts';
import { shownHeading, unreadable } from './unreadable.ts';

export type DateOrder = 'danish' | 'american';

export type Parsed<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly reason: RowReason; readonly params?: ReasonParams };

/** Reads one cell, which is never empty: one line of clean text in NFC, without space around it. */
export interface CellParser<V> {
  parse(text: string, context: { readonly dateOrder: DateOrder }): Parsed<V>;
  /** The column's numeric dates are evidence of whether day or month comes first. */
  readonly dates?: true;
}

export interface Column<V = unknown, R extends boolean = boolean> {
  /** The names the column goes by, Danish first; the first one is used in exports and errors. Compared folded. */
  readonly headings: readonly [string, ...string[]];
  /** The heading must be there and no cell of it empty. */
  readonly required: R;
  readonly cell: CellParser<V>;
  /** Its values are masked wherever they are reported. */
  readonly personal: boolean;
}

export type Columns = Readonly<Record<string, Column>>;
export type FieldOf<C extends Columns> = keyof C & string;

/** What an import takes: a column for each field, and which fields together must not occur twice in a file. */
export interface TableShape<C extends Columns> {
  readonly columns: C;
  readonly unique?: readonly (readonly FieldOf<C>[])[];
  /**
   * Rows tell who a citizen is. Where columns were shifted, or a heading was mapped to the wrong field, a name stands under
   * "Team": then only what cannot be one is shown of any cell, whatever its column.
   */
  readonly aboutCitizens?: true;
}

type ValueOf<T> = T extends Column<infer V> ? V : never;
type RequiredField<C extends Columns> = {
  [F in keyof C]: C[F] extends Column<unknown, true> ? F : never;
}[keyof C];

/** A good row: required fields always; others are null when the cell is empty and left out when the column is. */
export type RowValues<C extends Columns> = { readonly [F in RequiredField<C>]: ValueOf<C[F]> } & {
  readonly [F in Exclude<keyof C, RequiredField<C>>]?: ValueOf<C[F]> | null;
};

/** Declares a shape so that the types of its rows follow from it. */
export function defineTable<const C extends Columns>(shape: TableShape<C>): TableShape<C> {
  return shape;
}

export function column<V, const R extends boolean>(definition: Column<V, R>): Column<V, R> {
  return definition;
}

export interface FoundColumn {
  readonly field: string;
  /** From 0. */
  readonly index: number;
  readonly heading: string;
}

export interface Mapping {
  readonly found: readonly FoundColumn[];
  /** Headings of the file that no field takes, as a person may be shown them. */
  readonly ignored: readonly string[];
}

/**
 * Which column of a file is which field. `map` (heading → field) goes before the shape's own names. Throws
 * `import_unreadable` when a required heading is missing, a field is there twice, or the map names what is not there.
 */
export function mapHeadings(
  shape: { readonly columns: Columns },
  headings: readonly string[],
  map: Readonly<Record<string, string>> = {},
): Mapping {
  const folded = headings.map(foldName);
  const byIndex = new Map<number, string>();
  for (const [heading, field] of Object.entries(map)) {
    if (!Object.hasOwn(shape.columns, field)) {
      throw unreadable('map_unknown_field', { field, fields: Object.keys(shape.columns).join(', ') });
    }
    const index = exactOrFolded(headings, folded, heading);
    if (index < 0)
      throw unreadable('map_unknown_heading', { heading: shownHeading(heading), found: list(headings) });
    byIndex.set(index, field);
  }
  const mapped = new Set(byIndex.values());
  for (const [field, { headings: names }] of Object.entries(shape.columns)) {
    if (mapped.has(field)) continue;
    const known = new Set(names.map(foldName));
    folded.forEach((heading, index) => {
      if (known.has(heading) && !byIndex.has(index)) byIndex.set(index, field);
    });
  }
  const found = [...byIndex]
    .map(([index, field]) => ({ field, index, heading: shownHeading(headings[index] ?? '') }))
    .sort((a, b) => a.index - b.index);
  assertOnceEach(found);
  assertRequired(shape, found, headings);
  const ignored = headings.filter((heading, index) => !byIndex.has(index) && heading.trim() !== '');
  return { found, ignored: ignored.map(shownHeading) };
}

function exactOrFolded(headings: readonly string[], folded: readonly string[], wanted: string): number {
  const exact = headings.findIndex((heading) => tidyText(heading) === tidyText(wanted));
  return exact >= 0 ? exact : folded.indexOf(foldName(wanted));
}

function assertOnceEach(found: readonly FoundColumn[]): void {
  for (const [index, { field, heading }] of found.entries()) {
    const first = found.slice(0, index).find((other) => other.field === field);
    if (first !== undefined)
      throw unreadable('heading_twice', { field, first: first.heading, second: heading });
  }
}

function assertRequired(
  shape: { readonly columns: Columns },
  found: readonly FoundColumn[],
  headings: readonly string[],
): void {
  const required = Object.entries(shape.columns).filter(([, { required }]) => required);
  const missing = required.filter(([field]) => !found.some((column) => column.field === field));
  if (missing.length === 0) return;
  const names = (columns: typeof required): string =>
    columns.map(([field, column]) => `${column.headings[0]} (${field})`).join(', ');
  // Without one known heading the first line may be a person's data: then none of it is shown.
  if (found.length === 0) {
    throw unreadable('headings_unknown', { count: headings.length, required: names(required) });
  }
  throw unreadable('heading_missing', { missing: names(missing), found: list(headings) });
}

function list(headings: readonly string[]): string {
  const shown = headings.slice(0, 50).map(shownHeading).join(', ');
  return headings.length > 50 ? `${shown} …` : shown;
}
