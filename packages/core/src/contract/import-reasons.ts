import type { Language } from '../kernel/errors.ts';

/**
 * Why a cell or a file cannot be imported: two closed lists of codes with their sentences, in both languages, so that
 * service, terminal and chat say the same. `{name}` is filled from the params, which never hold a personal value.
 */
type ReasonText = Readonly<Record<Language, string>>;
export type ReasonParams = Readonly<Record<string, string | number>>;

const text = (da: string, en: string): ReasonText => ({ da, en });

/** What can be wrong with one row or one of its cells. */
export const rowReasons = {
  missing: text('Feltet skal udfyldes.', 'The field must be filled in.'),
  too_long: text(
    'Teksten er for lang; der er plads til {max} tegn.',
    'The text is too long; there is room for {max} characters.',
  ),
  unreadable_characters: text(
    'Teksten har tegn, som ikke kan læses. Gem filen som UTF-8.',
    'The text has characters that cannot be read. Save the file as UTF-8.',
  ),
  cpr_number: text(
    'Teksten ligner et CPR-nummer. Nær gemmer aldrig CPR-numre; brug sagsnummeret.',
    'The text looks like a CPR number. Nær never stores CPR numbers; use the case reference.',
  ),
  too_few_cells: text(
    'Rækken har {got} felter, men der er {expected} overskrifter.',
    'The row has {got} cells, but there are {expected} headings.',
  ),
  too_many_cells: text(
    'Rækken har {got} felter, men der er {expected} overskrifter. Står der et skilletegn i en tekst uden anførselstegn?',
    'The row has {got} cells, but there are {expected} headings. Is there a delimiter in a text without quotes?',
  ),
  duplicate_in_file: text(
    'Det samme står allerede i linje {firstLine}.',
    'The same stands in line {firstLine} already.',
  ),
  one_of_two: text(
    'Udfyld kun det ene: timer om ugen eller timer på 14 dage.',
    'Fill in one of the two only: hours per week or hours per fortnight.',
  ),
  not_a_number: text('Skriv et tal, for eksempel 4,5.', 'Write a number, such as 4.5.'),
  ambiguous_number: text(
    'Tallet kan læses på to måder. Skriv det uden tusindtalsskilletegn.',
    'The number can be read in two ways. Write it without a thousands separator.',
  ),
  not_a_whole_number: text('Skriv et helt tal.', 'Write a whole number.'),
  too_many_decimals: text(
    'Tallet må have højst {decimals} decimaler.',
    'The number may have at most {decimals} decimals.',
  ),
  too_small: text('Tallet skal være mindst {min}.', 'The number must be at least {min}.'),
  too_large: text('Tallet må være højst {max}.', 'The number must be at most {max}.'),
  not_a_date: text(
    'Skriv en dato, for eksempel 21-09-2025 eller 2025-09-21.',
    'Write a date, such as 21-09-2025 or 2025-09-21.',
  ),
  no_such_date: text('Den dato findes ikke i kalenderen.', 'There is no such date in the calendar.'),
  date_out_of_range: text(
    'Datoen skal ligge mellem {min} og {max}.',
    'The date must lie between {min} and {max}.',
  ),
  not_a_clock_time: text('Skriv et klokkeslæt, for eksempel 07:30.', 'Write a time of day, such as 07:30.'),
  not_yes_or_no: text('Skriv ja eller nej.', 'Write yes or no.'),
  not_in_list: text(
    'Det står ikke på listen. Mulige svar: {allowed}.',
    'That is not on the list. Possible answers: {allowed}.',
  ),
  not_a_phone_number: text(
    'Skriv et dansk telefonnummer på 8 cifre, eller et udenlandsk, der begynder med +.',
    'Write a Danish telephone number of 8 digits, or one of another country beginning with +.',
  ),
  not_an_email: text(
    'Skriv en e-mailadresse, for eksempel navn@eksempel.dk.',
    'Write an e-mail address, such as name@example.dk.',
  ),
  unknown_team: text('Teamet findes ikke i kommunen.', 'The municipality has no such team.'),
  closes_before_opening: text('Rummet lukker, før det åbner.', 'The room closes before it opens.'),
  not_opening_hours: text(
    'Skriv åbningstider, for eksempel »ma-fr 07:30-18:00; lø 09:00-12:00«.',
    'Write opening hours, such as "mon-fri 07:30-18:00; sat 09:00-12:00".',
  ),
  unknown_worker: text(
    'Der er ingen medarbejder med de initialer.',
    'No member of staff has these initials.',
  ),
  not_initials: text(
    'Skriv initialer med 1 til 12 bogstaver og tal, for eksempel BM13.',
    'Write initials of 1 to 12 letters and digits, such as BM13.',
  ),
  has_ended: text(
    'Medarbejderen er fratrådt. Slet rækken; kommer personen igen, så brug nye initialer.',
    'This member of staff has left. Delete the row; if they come back, use new initials.',
  ),
  not_a_citizen_code: text(
    'Skriv en borgerkode som B-7KQ25; det sidste tegn er et kontroltegn.',
    'Write a citizen code such as B-7KQ25; its last character is a check character.',
  ),
  unknown_citizen: text(
    'Der er ingen borger med det sagsnummer eller den kode.',
    'No citizen has this case number or code.',
  ),
  two_citizens: text(
    'Sagsnummeret og borgerkoden hører til to forskellige borgere.',
    'The case number and the citizen code belong to two different citizens.',
  ),
  not_over_yet: text(
    'Besøget er ikke slut endnu. Her indlæses kun besøg, der har været; de kommende planlægges.',
    'The visit is not over yet. Only visits of the past are imported; those to come are planned.',
  ),
  not_for_this_outcome: text(
    'Feltet passer ikke til besøgets status og skal være tomt.',
    'The field does not fit the outcome of the visit and must be empty.',
  ),
  would_end_administrator: text(
    'Medarbejderen er administrator. Den rolle kan ikke fjernes med en fil.',
    'This member of staff is an administrator. A file cannot take that role away.',
  ),
} as const satisfies Record<string, ReasonText>;
export type RowReason = keyof typeof rowReasons;

/** Why a file as a whole cannot be taken. */
export const tableReasons = {
  empty: text('Filen er tom.', 'The file is empty.'),
  no_rows: text('Der er ingen rækker under overskrifterne.', 'There are no rows below the headings.'),
  utf16: text(
    'Den er gemt som UTF-16 (»Unicode-tekst«). Gem den som »CSV UTF-8«.',
    'It is saved as UTF-16 ("Unicode text"). Save it as "CSV UTF-8".',
  ),
  spreadsheet: text(
    'Den er et regneark eller en pakket fil, ikke en tekstfil. Gem arket som CSV.',
    'It is a spreadsheet or a packed file, not a text file. Save the sheet as CSV.',
  ),
  not_text: text('Den er ikke en tekstfil.', 'It is not a text file.'),
  heading_too_long: text(
    'Den første linje er for lang til at være overskrifter.',
    'The first line is too long to be headings.',
  ),
  too_many_columns: text(
    'Der er {count} kolonner; der er plads til {max}.',
    'There are {count} columns; there is room for {max}.',
  ),
  too_many_rows: text(
    'Der er mere end {max} rækker. Del filen.',
    'There are more than {max} rows. Divide the file.',
  ),
  row_too_large: text(
    'En række efter linje {line} er for lang. Mangler der et afsluttende anførselstegn?',
    'A row after line {line} is too long. Is a closing quote missing?',
  ),
  quote_not_closed: text(
    'Et anførselstegn efter linje {line} bliver aldrig lukket.',
    'A quote after line {line} is never closed.',
  ),
  headings_unknown: text(
    'Ingen af de {count} overskrifter kendes. Nødvendige: {required}. Brug --map, hvis de hedder noget andet.',
    'None of the {count} headings is known. Required: {required}. Use --map if they go by other names.',
  ),
  heading_missing: text(
    'Overskriften {missing} mangler. Fundet: {found}. Brug --map, hvis den hedder noget andet.',
    'The heading {missing} is missing. Found: {found}. Use --map if it goes by another name.',
  ),
  heading_twice: text(
    'Både »{first}« og »{second}« er feltet {field}. Vælg den ene med --map.',
    'Both "{first}" and "{second}" are the field {field}. Choose one with --map.',
  ),
  map_unknown_heading: text(
    'Overskriften »{heading}« i --map findes ikke i filen. Fundet: {found}.',
    'The heading "{heading}" in --map is not in the file. Found: {found}.',
  ),
  map_unknown_field: text(
    'Feltet »{field}« i --map findes ikke. Mulige felter: {fields}.',
    'The field "{field}" in --map does not exist. Possible fields: {fields}.',
  ),
  dates_mixed: text(
    'Kolonnen »{heading}« har både danske datoer (linje {danishLine}) og amerikanske (linje {americanLine}). Ret dem, eller vælg med --dates.',
    'The column "{heading}" has Danish dates (line {danishLine}) and American ones (line {americanLine}). Correct them, or choose with --dates.',
  ),
} as const satisfies Record<string, ReasonText>;
export type TableReason = keyof typeof tableReasons;

/** The sentence for a row's reason. An unknown code, from a newer service, is given as it is. */
export function describeRowReason(reason: string, params: ReasonParams, language: Language): string {
  return Object.hasOwn(rowReasons, reason) ? fill(rowReasons[reason as RowReason][language], params) : reason;
}

/** The sentence for a file's reason. */
export function describeTableReason(reason: TableReason, params: ReasonParams, language: Language): string {
  return fill(tableReasons[reason][language], params);
}

function fill(sentence: string, params: ReasonParams): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? '?'));
}
