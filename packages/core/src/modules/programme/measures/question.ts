import type {
  Citation,
  CurvePoint,
  Figures,
  LateDifference,
  MilestoneMeasure,
} from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { Period } from './days.ts';

/** How much of the log is believed (a tree size, at most what is signed and folded), and the day asked about. */
export interface Question {
  readonly size: bigint;
  /** The day asked about, Europe/Copenhagen. */
  readonly at: string;
}

/** One entry of a programme's plan as the log tells it. */
export interface ProgrammeFact {
  readonly index: bigint;
  readonly type: string;
  /** The milestone's, activity's, decision's or follow-up's code; the member of a joint programme. */
  readonly code: string | null;
  readonly on: string;
  readonly data: unknown;
}

/** The period and the target group that figures are counted with; `team` is a random id. */
export interface FiguresOf {
  /** The first day of what is counted within a period, which ends with the day asked about. */
  readonly from: string;
  readonly targetGroup: number;
  readonly team?: string | undefined;
}

export interface CurveOf {
  readonly from: string;
  readonly by: 'day' | 'week' | 'month';
  readonly team?: string | undefined;
}

export interface Measures {
  /**
   * What was asked, made whole: the day is yesterday by default (today is allowed, tomorrow is not), the size is what is
   * signed and folded.
   *
   * @returns null while nothing is folded
   * @throws DomainError tree_size_unknown, day_not_over
   */
  resolve(
    tx: ReadTx,
    asked: { readonly at?: string | undefined; readonly checkpoint?: string | undefined },
  ): Promise<{ readonly question: Question; readonly citation: Citation } | null>;
  /** @throws DomainError tree_size_unknown */
  cite(tx: ReadTx, size: bigint): Promise<Citation>;
  figures(tx: ReadTx, question: Question, of: FiguresOf): Promise<Figures>;
  /** The figures at the end of each of several periods without gaps between them, the last of which ends with `at`. */
  series(
    tx: ReadTx,
    question: Question,
    of: Omit<FiguresOf, 'from'> & { readonly periods: readonly Period[] },
  ): Promise<Figures[]>;
  /** The figures of each team that citizens belong to; null are those of none. They add up to the municipality's. */
  figuresByTeam(
    tx: ReadTx,
    question: Question,
    of: Omit<FiguresOf, 'team'>,
  ): Promise<ReadonlyMap<string | null, Figures>>;
  /** Points at the ends of days, weeks (Sundays) or months from `from` on; the last is the day asked about. */
  curve(tx: ReadTx, question: Question, of: CurveOf): Promise<CurvePoint[]>;
  /** The first day on which a measure was at least so many, and the entry that made it so; null while it never was. */
  firstReached(
    tx: ReadTx,
    question: Question,
    of: { readonly measure: MilestoneMeasure; readonly atLeast: number },
  ): Promise<{ readonly on: string; readonly index: bigint } | null>;
  /** What the log tells of a programme's plan, in the order of the log. */
  programmeFacts(tx: ReadTx, question: Question, programme: string): Promise<readonly ProgrammeFact[]>;
  /** Each figure that is not what it was, between the question's size and `head`; paths as in `measureWords`. */
  differences(tx: ReadTx, question: Question, head: bigint, of: FiguresOf): Promise<LateDifference[]>;
  /** How much of the log can be asked about: what is signed and folded; 0 before the first. */
  head(tx: ReadTx): Promise<bigint>;
}
