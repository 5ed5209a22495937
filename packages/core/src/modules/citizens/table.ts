import { foldName } from '../../kernel/text.ts';
import type { ReadTx } from '../../storage/index.ts';
import {
  bad,
  choiceCell,
  decimalCell,
  emailCell,
  good,
  phoneCell,
  textCell,
  yesNoCell,
} from '../../tabular/cells.ts';
import { dateCell } from '../../tabular/date-cells.ts';
import { type CellParser, column, defineTable, type RowValues } from '../../tabular/shape.ts';
import type { RowProblem, TableRow } from '../../tabular/table.ts';
import { listLegalBases } from './legal-bases.ts';

const initialsCell: CellParser<string> = {
  parse: (text) => {
    const initials = text.toUpperCase();
    return /^[A-ZÆØÅ][A-ZÆØÅ0-9]{0,11}$/.test(initials) ? good(initials) : bad('not_initials');
  },
};

/** Hours as municipalities write them, as whole minutes: four decimals are enough to give every minute back. */
const hoursCell: CellParser<number> = {
  parse: (text, context) => {
    const hours = decimalCell({ min: 0, max: 168, decimals: 4 }).parse(text, context);
    return hours.ok ? good(Math.round(hours.value * 60)) : hours;
  },
};

export const formatHours = (minutes: number): string =>
  (minutes % 3 === 0 ? String(minutes / 60) : (minutes / 60).toFixed(4)).replace('.', ',');

export const equipmentWords = {
  unknown: ['ukendt'],
  none: ['ingen', 'intet', 'nej'],
  phone: ['egen telefon', 'telefon', 'mobil', 'smartphone'],
  tablet: ['iPad', 'egen tablet', 'egen ipad', 'tablet'],
  computer: ['egen pc', 'pc', 'computer', 'egen computer', 'bærbar'],
} as const;
export const connectionWords = {
  unknown: ['ukendt'],
  none: ['ingen', 'intet', 'nej'],
  weak: ['svag', 'dårlig', 'ustabil'],
  good: ['god', 'ja', 'stabil'],
} as const;
export const skillWords = {
  unknown: ['ukendt'],
  none: ['ingen'],
  some: ['nogen', 'lidt', 'nogle'],
  good: ['gode', 'god'],
} as const;

/**
 * Citizens in a file. The first headings are those of a case system's own export, which is taken as it is. An empty cell
 * under equipment, connection, skills and acquaintance says nothing; elsewhere it says that there is none.
 */
export const citizensShape = defineTable({
  columns: {
    reference: column({
      headings: ['Sagsnr', 'sagsnummer', 'sag', 'reference', 'case number', 'case no'],
      required: true,
      cell: textCell(40),
      personal: true,
    }),
    name: column({
      headings: ['Borger', 'navn', 'borgers navn', 'name', 'citizen'],
      required: true,
      cell: textCell(120),
      personal: true,
    }),
    phone: column({
      headings: ['Telefon', 'telefonnummer', 'mobil', 'tlf', 'phone', 'telephone'],
      required: false,
      cell: phoneCell,
      personal: true,
    }),
    email: column({
      headings: ['E-mail', 'email', 'mail'],
      required: false,
      cell: emailCell,
      personal: true,
    }),
    address: column({
      headings: ['Adresse', 'address'],
      required: false,
      cell: textCell(200),
      personal: true,
    }),
    legalBasis: column({
      headings: ['Lovgrundlag', 'paragraf', 'hjemmel', 'legal basis', 'legal_basis'],
      required: true,
      cell: textCell(40),
      personal: false,
    }),
    weekly: column({
      headings: [
        'Visiteret (timer/uge)',
        'visiteret timer pr. uge',
        'timer pr. uge',
        'granted hours per week',
        'granted (hours/week)',
        'hours per week',
      ],
      required: false,
      cell: hoursCell,
      personal: false,
    }),
    fortnightly: column({
      headings: [
        'Visiteret (timer/14 dage)',
        'visiteret timer pr. 14 dage',
        'timer pr. 14 dage',
        'granted hours per fortnight',
        'granted (hours/fortnight)',
        'hours per fortnight',
      ],
      required: false,
      cell: hoursCell,
      personal: false,
    }),
    supportFrom: column({
      headings: ['Startdato', 'start', 'støtte fra', 'support from', 'start date'],
      required: false,
      cell: dateCell(),
      personal: false,
    }),
    team: column({ headings: ['Team', 'gruppe'], required: false, cell: textCell(120), personal: false }),
    worker: column({
      headings: ['Bostøtte', 'bostøttemedarbejder', 'medarbejder', 'worker', 'support worker'],
      required: false,
      cell: initialsCell,
      personal: false,
    }),
    substitute: column({
      headings: ['Vikar', 'stedfortræder', 'substitute'],
      required: false,
      cell: initialsCell,
      personal: false,
    }),
    equipment: column({
      headings: ['Udstyr', 'eget udstyr', 'equipment', 'own equipment'],
      required: false,
      cell: choiceCell(equipmentWords),
      personal: false,
    }),
    connection: column({
      headings: ['Internet', 'forbindelse', 'connection'],
      required: false,
      cell: choiceCell(connectionWords),
      personal: false,
    }),
    itSkills: column({
      headings: ['IT-færdigheder', 'it færdigheder', 'it skills', 'it_skills'],
      required: false,
      cell: choiceCell(skillWords),
      personal: false,
    }),
    metOn: column({
      headings: ['Mødt den', 'mødt', 'met on', 'met'],
      required: false,
      cell: dateCell(),
      personal: false,
    }),
    isolated: column({
      headings: ['Isoleret', 'isolated'],
      required: false,
      cell: yesNoCell,
      personal: false,
    }),
  },
  unique: [['reference']],
  aboutCitizens: true,
});

export type CitizenColumns = typeof citizensShape.columns;
export type CitizenValues = RowValues<CitizenColumns>;

/** What the rows of a file may name. */
export interface KnownPlaces {
  readonly teams: NamedIds;
  readonly staff: ReadonlyMap<string, string>;
  readonly legalBases: NamedIds;
  readonly legalBasisCodes: readonly string[];
  /** The day of the import. */
  readonly today: string;
}

/** Names as they are, else as people write them: in any case, with any signs between the words. */
class NamedIds {
  readonly #exact: ReadonlyMap<string, string>;
  readonly #folded: ReadonlyMap<string, string>;

  constructor(entries: readonly (readonly [name: string, id: string])[]) {
    this.#exact = new Map(entries);
    this.#folded = new Map(entries.map(([name, id]) => [foldName(name), id]));
  }

  find(name: string): string | undefined {
    return this.#exact.get(name) ?? this.#folded.get(foldName(name));
  }
}

export async function readKnownPlaces(tx: ReadTx, today: string): Promise<KnownPlaces> {
  const teams = await tx.team.findMany({ select: { id: true, name: true } });
  // Those who have left too: what was exported names them, and is taken back as it is.
  const staff = await tx.staff.findMany({ select: { id: true, initials: true } });
  const codes = (await listLegalBases(tx)).map((basis) => basis.code);
  return {
    teams: new NamedIds(teams.map(({ id, name }) => [name, id])),
    staff: new Map(staff.map(({ id, initials }) => [initials, id])),
    legalBases: new NamedIds(codes.map((code) => [code, code])),
    legalBasisCodes: codes,
    today,
  };
}

/** What is wrong with a row that reads well by itself. */
export function findRowProblems(
  { values, problem }: Extract<TableRow<CitizenColumns>, { ok: true }>,
  known: KnownPlaces,
): RowProblem[] {
  const { legalBasis, weekly, fortnightly, team, worker, substitute, metOn } = values;
  const problems: RowProblem[] = [];
  if (known.legalBases.find(legalBasis) === undefined)
    problems.push(problem('legalBasis', 'not_in_list', { allowed: known.legalBasisCodes.join(', ') }));
  if (weekly == null && fortnightly == null) problems.push(problem('weekly', 'missing'));
  if (weekly != null && fortnightly != null) problems.push(problem('fortnightly', 'one_of_two'));
  if (team != null && known.teams.find(team) === undefined) problems.push(problem('team', 'unknown_team'));
  if (worker != null && !known.staff.has(worker)) problems.push(problem('worker', 'unknown_worker'));
  if (substitute != null && !known.staff.has(substitute))
    problems.push(problem('substitute', 'unknown_worker'));
  if (metOn != null && metOn > known.today)
    problems.push(problem('metOn', 'date_out_of_range', { min: '2000-01-01', max: known.today }));
  return problems;
}
