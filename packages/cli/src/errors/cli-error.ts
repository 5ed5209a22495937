import { language } from '../language.ts';

type Text = {
  readonly da: readonly [what: string, next: string];
  readonly en: readonly [what: string, next: string];
};

/** What can go wrong before or around a request; the service's own errors are in the contract. */
export const cliErrorTexts = {
  usage: {
    da: ['{what}', 'Se »naer {command} --help«.'],
    en: ['{what}', 'See "naer {command} --help".'],
  },
  unknown_command: {
    da: ['Kommandoen »naer {command}« findes ikke.', '{hint}'],
    en: ['There is no command "naer {command}".', '{hint}'],
  },
  value_unknown: {
    da: ['{text} kan ikke bruges til {option}.', 'Vælg blandt: {known}.'],
    en: ['{text} cannot be used for {option}.', 'Choose one of: {known}.'],
  },
  no_service: {
    da: [
      'Der kører ingen Nær her, og du er ikke logget ind på en anden.',
      'Start en med »npm start«, eller kør »naer login«.',
    ],
    en: [
      'No Nær runs here, and you are not logged in to another.',
      'Start one with "npm start", or run "naer login".',
    ],
  },
  unreachable: {
    da: ['Nær svarer ikke på {url}.', 'Start den med »npm start«, eller se efter, om adressen er rigtig.'],
    en: ['Nær does not answer at {url}.', 'Start it with "npm start", or check that the address is right.'],
  },
  answer_unreadable: {
    da: [
      'Svaret fra {url} passer ikke til denne udgave af naer.',
      'Brug samme udgave af tjeneste og kommando.',
    ],
    en: [
      'The answer from {url} does not fit this version of naer.',
      'Use the same version of service and command.',
    ],
  },
  media_server_not_built: {
    da: ['Medieserveren er ikke bygget endnu: {program} findes ikke.', 'Kør »npm start« én gang.'],
    en: ['The media server is not built yet: there is no {program}.', 'Run "npm start" once.'],
  },
  address_invalid: {
    da: ['{address} er ikke en adresse på en tjeneste.', 'Skriv den som https://naer.nordby.dk.'],
    en: ['{address} is not the address of a service.', 'Write it as https://naer.nordby.dk.'],
  },
  answer_needed: {
    da: ['Her er ingen terminal at spørge i, så {what} skal gives fra start.', 'Tilføj {flag}.'],
    en: ['There is no terminal to ask in, so {what} must be given at once.', 'Add {flag}.'],
  },
  not_confirmed: {
    da: ['Det blev ikke bekræftet. Intet er ændret.', 'Skriv det, der bliver bedt om, eller brug {flag}.'],
    en: ['It was not confirmed. Nothing was changed.', 'Type what is asked for, or use {flag}.'],
  },
  file_unreadable: {
    da: ['Filen {file} kan ikke læses: {why}.', 'Se efter, om navnet er rigtigt, og om du må læse den.'],
    en: ['The file {file} cannot be read: {why}.', 'Check its name, and that you may read it.'],
  },
  file_unwritable: {
    da: ['Filen {file} kan ikke skrives: {why}.', 'Vælg et andet sted.'],
    en: ['The file {file} cannot be written: {why}.', 'Choose another place.'],
  },
  export_needs_file: {
    da: ['Med --json skal eksporten have en fil at skrive i.', 'Skriv filens navn til sidst.'],
    en: ['With --json the export needs a file to write to.', 'Write the name of the file at the end.'],
  },
  file_exists: {
    da: ['Filen {file} findes allerede.', 'Vælg et andet navn, eller brug --force.'],
    en: ['The file {file} already exists.', 'Choose another name, or use --force.'],
  },
  room_unknown: {
    da: ['Der er intet rum, der hedder {room}.', 'Se dem alle med »naer rooms list«.'],
    en: ['There is no room called {room}.', 'See them all with "naer rooms list".'],
  },
  room_ambiguous: {
    da: ['Flere rum passer på {room}: {choices}.', 'Skriv sted og navn, som i "{first}".'],
    en: ['Several rooms match {room}: {choices}.', 'Write site and name, as in "{first}".'],
  },
  time_unreadable: {
    da: ['{why}', 'Du skrev »{phrase}«.'],
    en: ['{why}', 'You wrote "{phrase}".'],
  },
  time_incomplete: {
    da: [
      'Der mangler et klokkeslæt i »{phrase}«.',
      'Skriv fx "i morgen 10-10.30" eller "tirsdag uge 48 9-9.30".',
    ],
    en: [
      '"{phrase}" lacks a time of day.',
      'Write for example "tomorrow 10-10:30" or "tuesday week 48 9-9:30".',
    ],
  },
  day_wanted: {
    da: ['»{phrase}« er ikke en dag.', 'Skriv fx "i morgen", "24/11" eller 2026-11-24.'],
    en: ['"{phrase}" is not a day.', 'Write for example "tomorrow", "24/11" or 2026-11-24.'],
  },
  week_wanted: {
    da: ['»{phrase}« er ikke en uge.', 'Skriv fx 48, "uge 48" eller 2026-W48.'],
    en: ['"{phrase}" is not a week.', 'Write for example 48, "week 48" or 2026-W48.'],
  },
  visit_none: {
    da: [
      'Der er intet besøg hos {citizen}, som det passer på.',
      'Se dem med »naer visits list --citizen {citizen} --all«, og brug nummeret.',
    ],
    en: [
      'No visit with {citizen} fits that.',
      'See them with "naer visits list --citizen {citizen} --all", and use the number.',
    ],
  },
  visit_ambiguous: {
    da: ['Flere besøg hos {citizen} passer:', 'Sæt en af linjerne ind.'],
    en: ['Several visits with {citizen} fit:', 'Paste one of the lines.'],
  },
  plan_none: {
    da: ['{citizen} har ingen plan, der er i gang.', 'Lav en med »naer plans create {citizen}«.'],
    en: ['{citizen} has no plan that is active.', 'Make one with "naer plans create {citizen}".'],
  },
  plan_ambiguous: {
    da: ['{citizen} har flere planer:', 'Sæt en af linjerne ind.'],
    en: ['{citizen} has several plans:', 'Paste one of the lines.'],
  },
  key_needed: {
    da: [
      'Uden nøglen kan intet efterprøves.',
      'Giv den med --key eller --key-file. Få den fra kommunen selv, ikke sammen med filen.',
    ],
    en: [
      'Nothing can be verified without the key.',
      'Give it with --key or --key-file. Get it from the municipality itself, not along with the file.',
    ],
  },
  hash_unreadable: {
    da: ['{text} er ikke hashen af en post.', 'Kopiér den fra »naer ledger show«.'],
    en: ['{text} is not the hash of an entry.', 'Copy it from "naer ledger show".'],
  },
  witness_key_unreadable: {
    da: [
      'Filen {file} holder ingen nøgle til et vidne.',
      'Lav en med »naer ledger witness key NAVN --out FIL«.',
    ],
    en: [
      'The file {file} holds no key of a witness.',
      'Make one with "naer ledger witness key NAME --out FILE".',
    ],
  },
  key_name_invalid: {
    da: [
      '{name} kan ikke være navn på en nøgle.',
      'Skriv et uden mellemrum og plus, fx revision.example/w1.',
    ],
    en: [
      '{name} cannot be the name of a key.',
      'Write one without spaces or plus, such as audit.example/w1.',
    ],
  },
  witness_state_unreadable: {
    da: [
      'Filen {file}, som siger, hvad vidnet har set, kan ikke læses.',
      'Find en kopi: uden den kan vidnet komme til at underskrive to historier.',
    ],
    en: [
      'The file {file}, which tells what the witness has seen, cannot be read.',
      'Find a copy: without it the witness could sign two histories.',
    ],
  },
  witness_state_locked: {
    da: [
      'Vidnet er i gang med en anden underskrift ({file}).',
      'Vent et øjeblik. Er ingen i gang, så slet den fil.',
    ],
    en: [
      'The witness is at another signature ({file}).',
      'Wait a moment. If nobody is at it, delete that file.',
    ],
  },
  witness_refuses: {
    da: ['Vidnet underskriver ikke: {why}.', '{next}'],
    en: ['The witness does not sign: {why}.', '{next}'],
  },
  witness_unknown: {
    da: ['Der er intet vidne, der hedder {witness}.', 'Vidner: {known}.'],
    en: ['There is no witness called {witness}.', 'Witnesses: {known}.'],
  },
  month_wanted: {
    da: ['»{phrase}« er ikke en måned.', 'Skriv fx 2026-10, "oktober 2026" eller "sidste måned".'],
    en: ['"{phrase}" is not a month.', 'Write for example 2026-10, "October 2026" or "last month".'],
  },
  programme_none: {
    da: ['Der er intet program endnu.', 'Opret et med »naer programme create«.'],
    en: ['There is no programme yet.', 'Create one with "naer programme create".'],
  },
  programme_ambiguous: {
    da: ['Der er flere programmer.', 'Sig hvilket med --programme: {names}.'],
    en: ['There are several programmes.', 'Say which with --programme: {names}.'],
  },
  programme_unknown: {
    da: ['Der er intet program, der hedder {programme}.', 'Programmer: {known}.'],
    en: ['There is no programme called {programme}.', 'Programmes: {known}.'],
  },
  milestones_unreadable: {
    da: [
      'Filen {file} holder ingen milepæle, der kan bruges ({why}).',
      'Se formen med »naer programme milestones --help«.',
    ],
    en: [
      'The file {file} holds no milestones that can be used ({why}).',
      'See the form with "naer programme milestones --help".',
    ],
  },
  need_unreadable: {
    da: [
      '»{text}« siger ikke, hvad milepælen kræver.',
      'Skriv fx --needs has-received=50,kickoff. Der kan tælles: {known}.',
    ],
    en: [
      '"{text}" does not say what the milestone needs.',
      'Write for example --needs has-received=50,kickoff. What can be counted: {known}.',
    ],
  },
  rhythm_unreadable: {
    da: [
      '»{text}« siger ikke, hvor tit der følges op.',
      'Skriv fx --rhythm goals=4,rooms=13. Der er: {known}.',
    ],
    en: [
      '"{text}" does not say how often to follow up.',
      'Write for example --rhythm goals=4,rooms=13. There are: {known}.',
    ],
  },
  report_needs_file: {
    da: ['Rapporten skal have en fil at stå i.', 'Tilføj fx --out {example}.'],
    en: ['The report needs a file to stand in.', 'Add for example --out {example}.'],
  },
  member_unknown: {
    da: ['Der er intet medlem, der hedder {member}.', 'Medlemmer: {known}.'],
    en: ['There is no member called {member}.', 'Members: {known}.'],
  },
  note_is_empty: {
    da: ['Der kom ingen note.', 'Send den på standard-input, eller lad --note-stdin være.'],
    en: ['No note came.', 'Send it on standard input, or leave out --note-stdin.'],
  },
  participant_unreadable: {
    da: ['»{text}« siger ikke, hvem der er med.', 'Skriv fx --with relative,colleague:BM07.'],
    en: ['"{text}" does not say who takes part.', 'Write for example --with relative,colleague:BM07.'],
  },
  part_unreadable: {
    da: ['»{text}« siger ikke, hvad der skete hvornår.', 'Skriv fx --part video:10.00-10.12.'],
    en: ['"{text}" does not say what happened when.', 'Write for example --part video:10:00-10:12.'],
  },
  steps_unreadable: {
    da: ['Trinnet »{text}« kan ikke læses.', 'Skriv fx --steps "{example}".'],
    en: ['The step "{text}" cannot be read.', 'Write for example --steps "{example}".'],
  },
  phases_unreadable: {
    da: ['Filen {file} holder ingen faser.', 'Se formen med »naer plans show NR --json«.'],
    en: ['The file {file} holds no phases.', 'See their form with "naer plans show NO --json".'],
  },
  carry_over_unreadable: {
    da: ['Reglen »{text}« kan ikke læses.', 'Skriv none, undelivered:4:240 eller both:4:240.'],
    en: ['The rule "{text}" cannot be read.', 'Write none, undelivered:4:240 or both:4:240.'],
  },
  hours_unreadable: {
    da: ['Tiderne »{text}« kan ikke læses.', 'Skriv fx "ma-fr 8-16, lø 10-14".'],
    en: ['The hours "{text}" cannot be read.', 'Write for example "mon-fri 8-16, sat 10-14".'],
  },
  clock_span_unreadable: {
    da: ['»{text}« siger ikke, fra hvornår til hvornår.', 'Skriv fx 21-8 eller 21.30-7.45.'],
    en: ['"{text}" does not say from when until when.', 'Write for example 21-8 or 21:30-7:45.'],
  },
  browser_not_opened: {
    da: [
      'Siden kunne ikke åbnes i en browser herfra.',
      'Kør igen med --print, og åbn linket selv, inden det udløber.',
    ],
    en: [
      'The page could not be opened in a browser from here.',
      'Run again with --print, and open the link yourself before it expires.',
    ],
  },
  nobody_waits: {
    da: ['Ingen venter på at blive lukket ind.', 'Se, hvem der venter hvor, med »naer waiting«.'],
    en: ['Nobody waits to be let in.', 'See who waits where with "naer waiting".'],
  },
  seat_unknown: {
    da: ['Ingen i samtalen passer på »{who}«.', 'Der er: {known}.'],
    en: ['Nobody in the call fits "{who}".', 'There are: {known}.'],
  },
  seat_ambiguous: {
    da: ['Flere i samtalen passer: {choices}.', 'Skriv nummeret til sidst, som {first}.'],
    en: ['Several in the call fit: {choices}.', 'Write the number at the end, such as {first}.'],
  },
  series_unclear: {
    da: [
      'Det er ikke til at se, hvornår rækken gentages og slutter.',
      'Skriv fx --weekly --times 10 eller --fortnightly --until 2027-06-30.',
    ],
    en: [
      'It is not clear when the series repeats and ends.',
      'Write for example --weekly --times 10 or --fortnightly --until 2027-06-30.',
    ],
  },
  number_unreadable: {
    da: ['{text} er ikke et tal, der kan bruges til {option}.', 'Skriv fx 2 eller 1,5.'],
    en: ['{text} is not a number that fits {option}.', 'Write for example 2 or 1.5.'],
  },
  id_unknown: {
    da: [
      'Der er ingen med nummeret {id}.',
      'Kopiér nummeret fra listen, eller brug hele nummeret fra --json.',
    ],
    en: [
      'Nothing here has the number {id}.',
      'Copy the number from the list, or use the whole one from --json.',
    ],
  },
  nothing_refused: {
    da: [
      'Fagsystemet har ikke afvist noget med nummeret {id}.',
      'Se det afviste med »naer handoff list --state refused«.',
    ],
    en: [
      'The case system has refused nothing with the number {id}.',
      'See what it refused with "naer handoff list --state refused".',
    ],
  },
  id_ambiguous: {
    da: ['Flere begynder med {id}: {choices}.', 'Skriv nogle tegn mere.'],
    en: ['Several begin with {id}: {choices}.', 'Write a few more characters.'],
  },
  site_missing: {
    da: ['»{room}« siger ikke, hvor rummet er.', 'Skriv sted og navn, som i "Rådhuset/Samtaleboks 9".'],
    en: ['"{room}" does not say where the room is.', 'Write site and name, as in "Rådhuset/Samtaleboks 9".'],
  },
  code_unreadable: {
    da: [
      '{code} er ikke en borgerkode; måske er et tegn forkert.',
      'Den ser ud som B-7KQ25. Find den med »naer citizens find«.',
    ],
    en: [
      '{code} is not a citizen code; a character may be wrong.',
      'It looks like B-7KQ25. Find it with "naer citizens find".',
    ],
  },
  team_unknown: {
    da: ['Der er intet team, der hedder {team}.', 'Teams: {known}.'],
    en: ['There is no team called {team}.', 'Teams: {known}.'],
  },
  no_booking_now: {
    da: [
      'Du har ingen booking at tjekke ind til lige nu.',
      'Se dine bookinger med »naer rooms bookings --mine«.',
    ],
    en: [
      'You have no booking to check in to right now.',
      'See your bookings with "naer rooms bookings --mine".',
    ],
  },
  map_unreadable: {
    da: [
      '»{text}« siger ikke, hvilken overskrift der er hvilket felt.',
      'Skriv fx --map "Sagsnr=reference".',
    ],
    en: [
      '"{text}" does not say which heading is which field.',
      'Write for example --map "Sagsnr=reference".',
    ],
  },
  key_file_missing: {
    da: [
      'Her er ingen hovednøgle at arbejde med ({file}).',
      'Kør kommandoen på maskinen, hvor Nær kører, eller sæt NAER_HOME.',
    ],
    en: [
      'There is no master key here to work with ({file}).',
      'Run the command on the machine that runs Nær, or set NAER_HOME.',
    ],
  },
  paper_key_unreadable: {
    da: ['Papirnøglen kan ikke læses: {why}.', 'Skriv den af igen, linje for linje.'],
    en: ['The paper key cannot be read: {why}.', 'Copy it again, line by line.'],
  },
  interrupted: {
    da: ['Afbrudt.', 'Kør kommandoen igen, når du er klar.'],
    en: ['Interrupted.', 'Run the command again when you are ready.'],
  },
} as const satisfies Record<string, Text>;

export type CliErrorCode = keyof typeof cliErrorTexts;
export type CliErrorParams = Readonly<Record<string, string | number>>;

/** A mistake that the person at the terminal can mend; everything else that is thrown here is a bug of ours. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly params: CliErrorParams;
  /** What the error is about, in the form that `--json` shows: the choices where several things fit. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(
    code: CliErrorCode,
    params: CliErrorParams = {},
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(code, options);
    this.name = 'CliError';
    this.code = code;
    this.params = params;
    this.details = options.details ?? {};
  }
}

/** The two sentences of such a mistake. */
export function describeCliError(error: CliError): { readonly what: string; readonly next: string } {
  const [what, next] = cliErrorTexts[error.code][language()];
  const fill = (sentence: string) =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(error.params[name] ?? '?'));
  return { what: fill(what), next: fill(next) };
}
