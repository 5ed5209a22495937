import { styleText } from 'node:util';

export type Paint = Parameters<typeof styleText>[0];

/** Dots of a braille character (Unicode, Braille Patterns), by column and row within it. */
const dotBits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const firstBraille = 0x2800;

interface Cell {
  dots: number;
  text: string | null;
  paint: Paint | null;
}

/** A drawing of `columns` × `rows` characters, with two by four dots in each; the dot 0, 0 is at the bottom left. */
export class DotCanvas {
  readonly columns: number;
  readonly rows: number;
  readonly #cells: Cell[];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: columns * rows }, () => ({ dots: 0, text: null, paint: null }));
  }

  get width(): number {
    return this.columns * 2;
  }

  get height(): number {
    return this.rows * 4;
  }

  dot(x: number, y: number, paint: Paint | null = null): void {
    const [column, below] = [x >> 1, y >> 2];
    const cell = this.#at(column, this.rows - 1 - below);
    if (cell === undefined) return;
    cell.dots |= dotBits[x & 1 ? 1 : 0][3 - (y & 3)] ?? 0;
    cell.paint ??= paint;
  }

  /** A straight line; with `every` only each so many of its dots. */
  line(
    [fromX, fromY]: readonly [number, number],
    [toX, toY]: readonly [number, number],
    { paint = null, every = 1 }: { readonly paint?: Paint | null; readonly every?: number } = {},
  ): void {
    const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY));
    for (let step = 0; step <= steps; step += every) {
      const share = steps === 0 ? 0 : step / steps;
      this.dot(Math.round(fromX + (toX - fromX) * share), Math.round(fromY + (toY - fromY) * share), paint);
    }
  }

  /** Whether so many characters from a place on are still without text. */
  isFree(column: number, row: number, length: number): boolean {
    return Array.from({ length }, (_, at) => this.#at(column + at, row)).every(
      (cell) => cell !== undefined && cell.text === null,
    );
  }

  /** Writes over what is drawn; what does not fit is left out. */
  write(column: number, row: number, text: string, paint: Paint | null = null): void {
    for (const [at, letter] of [...text].entries()) {
      const cell = this.#at(column + at, row);
      if (cell === undefined) return;
      cell.text = letter;
      cell.paint = paint;
    }
  }

  /** Each row as a text of exactly `columns` characters, beside colours. */
  lines(): string[] {
    return Array.from({ length: this.rows }, (_, row) => {
      let line = '';
      for (let column = 0; column < this.columns; column += 1) {
        const cell = this.#at(column, row);
        const text = cell?.text ?? (cell?.dots ? String.fromCodePoint(firstBraille + cell.dots) : ' ');
        const paint = cell?.paint ?? null;
        line += paint === null || text === ' ' ? text : styleText(paint, text, { stream: process.stdout });
      }
      return line;
    });
  }

  #at(column: number, row: number): Cell | undefined {
    const inside = column >= 0 && column < this.columns && row >= 0 && row < this.rows;
    return inside ? this.#cells[row * this.columns + column] : undefined;
  }
}
