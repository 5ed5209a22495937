/**
 * Spreadsheets run a cell that begins with = + - or @ as a formula, also one that a citizen's name smuggled in (OWASP,
 * "CSV Injection"). What we write gets an apostrophe before such a cell, and what we read loses it again, so that an
 * export is safe to open and gives back exactly what import took. Plain numbers such as -1 and +4521513438 are no
 * formulas and stay as they are.
 */
const plainNumber = /^[+-]\d+(?:[.,]\d+)?$/;
const formulaStart = /^'*[=+\-@＝＋－＠\t\r]/;

export function guardFormula(cell: string): string {
  return formulaStart.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;
}

export function unguardFormula(cell: string): string {
  return cell.startsWith("'") && formulaStart.test(cell) ? cell.slice(1) : cell;
}
