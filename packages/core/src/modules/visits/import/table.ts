import {
  type CancelReason,
  cancelReasons,
  type EndReason,
  type FutileReason,
  futileReasons,
  parseCitizenCode,
} from '../../../contract/index.ts';
import { endReasonWords, purposeWords, topicWords } from '../../../contract/visit-words.ts';
import {
  bad,
  choiceCell,
  clockTimeCell,
  good,
  listCell,
  textCell,
  wholeNumberCell,
} from '../../../tabular/cells.ts';
import { dateCell } from '../../../tabular/date-cells.ts';
import { type CellParser, column, defineTable, type RowValues } from '../../../tabular/shape.ts';
import type { RowProblem, TableRow } from '../../../tabular/table.ts';
import { longestVisitMs } from '../rules.ts';

const initialsCell: CellParser<string> = {
  parse: (text) => {
    const initials = text.toUpperCase();
    return /^[A-ZÆØÅ][A-ZÆØÅ0-9]{0,11}$/.test(initials) ? good(initials) : bad('not_initials');
  },
};
const citizenCodeCell: CellParser<string> = {
  parse: (text) => {
    const code = parseCitizenCode(text);
    return code === null ? bad('not_a_citizen_code') : good(code);
  },
};
/** A visit begins on the day that stands beside it; 24:00 is the end of that day. */
const startCell: CellParser<string> = {
  parse: (text, context) => {
    const time = clockTimeCell.parse(text, context);
    return time.ok && time.value === '24:00' ? bad('not_a_clock_time') : time;
  },
};
const longestMinutes = longestVisitMs / 60_000;

const channelWords = {
  video: ['skærmbesøg', 'video', 'videobesøg', 'videoopkald', 'online', 'video visit', 'video call'],
  physical: ['fysisk besøg', 'fysisk', 'besøg', 'hjemmebesøg', 'visit in person', 'visit', 'in person'],
  phone: ['opkald', 'telefon', 'telefonopkald', 'telefonsamtale', 'phone call', 'call'],
} as const;
const stateWords = {
  held: ['holdt', 'afholdt', 'gennemført'],
  cancelled: ['aflyst', 'afbud', 'canceled'],
  futile: ['forgæves', 'forgæves besøg', 'forgæves opkald'],
} as const;
const cancellerWords = {
  citizen: ['borger', 'borgeren'],
  worker: ['medarbejder', 'medarbejderen', 'bostøtte'],
  municipality: ['kommune', 'kommunen'],
} as const;

/**
 * Visits in a file. A citizen is named by the municipality's own reference or by their code. The minutes are how long a
 * held visit lasted, and how long another one was to last.
 */
export const visitsShape = defineTable({
  columns: {
    reference: column({
      headings: ['Sagsnr', 'sagsnummer', 'sag', 'reference', 'case number', 'case no'],
      required: false,
      cell: textCell(40),
      personal: true,
    }),
    citizen: column({
      headings: ['Borgerkode', 'kode', 'citizen code', 'citizen', 'code'],
      required: false,
      cell: citizenCodeCell,
      personal: true,
    }),
    worker: column({
      headings: [
        'Bostøtte',
        'bostøttemedarbejder',
        'medarbejder',
        'initialer',
        'worker',
        'support worker',
        'initials',
      ],
      required: true,
      cell: initialsCell,
      personal: false,
    }),
    date: column({
      headings: ['Dato', 'besøgsdato', 'date', 'day'],
      required: true,
      cell: dateCell(),
      personal: false,
    }),
    time: column({
      headings: ['Klokken', 'kl', 'starttid', 'starttidspunkt', 'tidspunkt', 'start', 'time', 'start time'],
      required: true,
      cell: startCell,
      personal: false,
    }),
    minutes: column({
      headings: ['Minutter', 'varighed', 'varighed (minutter)', 'minutes', 'duration'],
      required: true,
      cell: wholeNumberCell({ min: 1, max: longestMinutes }),
      personal: false,
    }),
    channel: column({
      headings: ['Form', 'kanal', 'besøgsform', 'type', 'channel', 'kind'],
      required: true,
      cell: choiceCell(channelWords),
      personal: false,
    }),
    state: column({
      headings: ['Status', 'state', 'udfald', 'outcome'],
      required: false,
      cell: choiceCell(stateWords),
      personal: false,
    }),
    endedBy: column({
      headings: ['Aflyst af', 'cancelled by'],
      required: false,
      cell: choiceCell(cancellerWords),
      personal: false,
    }),
    endedReason: column({
      headings: ['Årsag', 'aflysningsårsag', 'reason'],
      required: false,
      cell: choiceCell(endReasonWords),
      personal: false,
    }),
    purposes: column({
      headings: ['Formål', 'purposes', 'purpose'],
      required: false,
      cell: listCell(choiceCell(purposeWords)),
      personal: false,
    }),
    topics: column({
      headings: ['Emner', 'emne', 'indhold', 'topics', 'topic'],
      required: false,
      cell: listCell(choiceCell(topicWords)),
      personal: false,
    }),
    travel: column({
      headings: ['Vejtid (minutter)', 'vejtid', 'travel minutes', 'travel'],
      required: false,
      cell: wholeNumberCell({ min: 0, max: 480 }),
      personal: false,
    }),
    waiting: column({
      headings: ['Ventetid (minutter)', 'ventetid', 'waiting minutes', 'waiting'],
      required: false,
      cell: wholeNumberCell({ min: 0, max: 240 }),
      personal: false,
    }),
  },
  unique: [
    ['reference', 'date', 'time', 'channel'],
    ['citizen', 'date', 'time', 'channel'],
  ],
  aboutCitizens: true,
});

export type VisitColumns = typeof visitsShape.columns;
export type VisitValues = RowValues<VisitColumns>;

const isOneOf = <Code extends string>(codes: readonly Code[], code: EndReason): code is Code & EndReason =>
  (codes as readonly string[]).includes(code);
const allowed = (codes: readonly EndReason[]): string =>
  codes.map((code) => endReasonWords[code][0]).join(', ');

/** Why a visit was cancelled or futile; where the file is silent, what it means to be that. */
export function reasonOf({ state, endedReason, channel }: VisitValues): CancelReason | FutileReason | null {
  if (state === 'cancelled')
    return endedReason != null && isOneOf(cancelReasons, endedReason) ? endedReason : 'no-reason-given';
  if (state !== 'futile') return null;
  if (endedReason != null && isOneOf(futileReasons, endedReason)) return endedReason;
  return channel === 'physical' ? 'nobody-home' : 'no-answer';
}

/** What the rows of a file may name. */
export interface KnownPeople {
  readonly staff: ReadonlyMap<string, string>;
  readonly codes: ReadonlyMap<string, string>;
  readonly findByReference: (reference: string) => string | undefined;
  readonly now: Date;
}

/** The id of the citizen that a row names, if there is exactly one. */
export function citizenIn({ reference, citizen }: VisitValues, known: KnownPeople): string | undefined {
  const [byReference, byCode] = [
    reference == null ? undefined : known.findByReference(reference),
    citizen == null ? undefined : known.codes.get(citizen),
  ];
  if (reference != null && citizen != null && byReference !== byCode) return undefined;
  return byReference ?? byCode;
}

/** What is wrong with a row that reads well by itself. */
export function findRowProblems(
  { values, problem }: Extract<TableRow<VisitColumns>, { ok: true }>,
  known: KnownPeople,
  endsAt: Date,
): RowProblem[] {
  const { reference, citizen, worker, state, endedBy, endedReason } = values;
  const problems: RowProblem[] = [];
  if (reference == null && citizen == null) problems.push(problem('reference', 'missing'));
  else {
    if (reference != null && known.findByReference(reference) === undefined)
      problems.push(problem('reference', 'unknown_citizen'));
    if (citizen != null && !known.codes.has(citizen)) problems.push(problem('citizen', 'unknown_citizen'));
    if (problems.length === 0 && citizenIn(values, known) === undefined)
      problems.push(problem('citizen', 'two_citizens'));
  }
  if (!known.staff.has(worker)) problems.push(problem('worker', 'unknown_worker'));
  if (endsAt > known.now) problems.push(problem('date', 'not_over_yet'));
  if (endedBy != null && state !== 'cancelled') problems.push(problem('endedBy', 'not_for_this_outcome'));
  if (endedReason != null) {
    const reasons = state === 'cancelled' ? cancelReasons : state === 'futile' ? futileReasons : null;
    if (reasons === null) problems.push(problem('endedReason', 'not_for_this_outcome'));
    else if (!isOneOf<EndReason>(reasons, endedReason))
      problems.push(problem('endedReason', 'not_in_list', { allowed: allowed(reasons) }));
  }
  return problems;
}
