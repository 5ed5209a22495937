import type { Finding, FindingKind } from '../../contract/ledger.ts';

/** A break, its places as numbers; `at` is where in the log's order it comes. */
export interface Break {
  readonly kind: FindingKind;
  /** The first entry that is broken or could be; null where it concerns none. */
  readonly index: number | null;
  /** The last one that could be, where that is another. */
  readonly until?: number;
  readonly where?: string;
  /** For what has no entry of its own. */
  readonly at?: number;
}

const shown = 100;
/** What is known of the later ones is only that there are more. */
const kept = 1000;
/** What is told once for a run of neighbours. */
const inRuns: readonly FindingKind[] = ['leaf-missing', 'tile-changed', 'tile-missing'];

/** Collects what a check finds: all of it counts, the first hundred are told, in the order of the log. */
export class Findings {
  readonly #kept: Break[] = [];
  #count = 0;

  get sound(): boolean {
    return this.#count === 0;
  }

  add(found: Break): void {
    const last = this.#kept.at(-1);
    const lastEnd = last?.until ?? last?.index;
    if (
      last !== undefined &&
      found.index !== null &&
      lastEnd === found.index - 1 &&
      inRuns.includes(found.kind) &&
      last.kind === found.kind &&
      last.where === found.where
    ) {
      this.#kept.splice(-1, 1, { ...last, until: found.until ?? found.index });
      return;
    }
    this.#count += 1;
    if (this.#kept.length < kept) this.#kept.push(found);
  }

  list(): Finding[] {
    const placeOf = ({ index, at }: Break) => index ?? at ?? 0;
    return this.#kept
      .toSorted((one, other) => placeOf(one) - placeOf(other))
      .slice(0, shown)
      .map(({ kind, index, until, where }) => ({
        kind,
        index: index === null ? null : String(index),
        until: until === undefined ? null : String(until),
        where: where ?? null,
      }));
  }
}
