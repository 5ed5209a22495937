import type { ImportKind } from '../../contract/index.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import type { Columns, RowValues, TableShape } from '../../tabular/shape.ts';
import type { RowProblem, TableRow } from '../../tabular/table.ts';
import type { Actor } from '../identity/index.ts';

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

export type GoodRow<C extends Columns> = Extract<TableRow<C>, { readonly ok: true }>;

/** What a module declares so that its things can be imported: the shape of the file, and how rows become state. */
export interface Importer<C extends Columns, Known> {
  readonly kind: ImportKind;
  readonly shape: TableShape<C>;
  /** What rows may refer to, such as teams and staff; read once per import. Asserts that the actor may import. */
  readKnown(tx: ReadTx, actor: Actor): Promise<Known>;
  /** What is wrong with a row that only the database shows. */
  findProblems(row: GoodRow<C>, known: Known, actor: Actor): readonly RowProblem[];
  /** Writes a batch: what is new is created, what differs updated, the rest left alone; leaves and events included. */
  apply(tx: Tx, actor: Actor, rows: readonly RowValues<C>[], known: Known): Promise<ImportCounts>;
}
