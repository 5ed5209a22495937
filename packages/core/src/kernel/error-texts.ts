/**
 * Every error that a person can meet, in both languages: what happened, and what to do next.
 *
 * The keys of this table are the closed list of error codes. `{name}` is filled from the error's params;
 * a param never holds a citizen's identity, because these sentences reach logs, terminals and chats.
 */
export interface ErrorText {
  readonly da: { readonly what: string; readonly next: string };
  readonly en: { readonly what: string; readonly next: string };
}

const text = (da: [string, string], en: [string, string]): ErrorText => ({
  da: { what: da[0], next: da[1] },
  en: { what: en[0], next: en[1] },
});

export const errorTexts = {
  // --- the edge ---
  invalid_input: text(
    ['Noget i det, du sendte, kan ikke bruges.', 'Ret felterne nedenfor, og prøv igen.'],
    ['Something in the request is not valid.', 'Correct the fields listed, and try again.'],
  ),
  payload_too_large: text(
    ['Det, du sendte, er for stort.', 'Send højst {limit}.'],
    ['The request is too large.', 'Send at most {limit}.'],
  ),
  unsupported_media_type: text(
    ['Indholdstypen {mediaType} kan ikke læses her.', 'Send {expected}.'],
    ['The content type {mediaType} is not understood here.', 'Send {expected}.'],
  ),
  route_not_found: text(
    ['Adressen findes ikke.', 'Se listen over adresser på /api/v1/docs.'],
    ['There is nothing at this address.', 'See the list of routes at /api/v1/docs.'],
  ),
  method_not_allowed: text(
    ['Adressen findes, men kan ikke bruges med {method}.', 'Brug {allowed}.'],
    ['This address exists, but does not take {method}.', 'Use {allowed}.'],
  ),
  too_many_requests: text(
    ['Der kommer for mange forespørgsler.', 'Vent {seconds} sekunder, og prøv igen.'],
    ['Too many requests.', 'Wait {seconds} seconds and try again.'],
  ),
  internal: text(
    [
      'Der skete en fejl hos os. Intet er ændret.',
      'Prøv igen. Sker det igen, så giv it-support nummeret {requestId}.',
    ],
    [
      'Something failed on our side. Nothing was changed.',
      'Try again. If it repeats, give IT support the number {requestId}.',
    ],
  ),
  unavailable: text(
    ['Tjenesten kan ikke svare lige nu.', 'Prøv igen om lidt.'],
    ['The service cannot answer right now.', 'Try again shortly.'],
  ),
  cpr_refused: text(
    [
      'Teksten ligner et CPR-nummer. Nær gemmer aldrig CPR-numre.',
      'Fjern nummeret; brug borgerens kode eller sagsnummer.',
    ],
    [
      'The text looks like a CPR number. Nær never stores CPR numbers.',
      'Remove it; use the citizen code or case reference.',
    ],
  ),
  // --- who you are and what you may ---
  not_authenticated: text(
    [
      'Du er ikke logget ind, eller din adgang er udløbet.',
      'Kør »naer login«, eller bed din administrator om en ny adgangsnøgle.',
    ],
    [
      'You are not logged in, or the token has expired.',
      'Run "naer login", or ask your administrator for a new token.',
    ],
  ),
  not_allowed: text(
    [
      'Din rolle giver ikke adgang til dette ({permission}).',
      'Spørg din administrator, hvis du har brug for det.',
    ],
    ['Your role does not allow this ({permission}).', 'Ask your administrator if you need it.'],
  ),
  not_found: text(
    ['{kind} findes ikke.', 'Se efter, om du skrev det rigtigt.'],
    ['No such {kind}.', 'Check that it is written correctly.'],
  ),
  already_exists: text(
    ['{kind} findes allerede: {name}.', 'Brug den, der er, eller vælg et andet navn.'],
    ['That {kind} already exists: {name}.', 'Use the existing one, or choose another name.'],
  ),
  idempotency_key_reused: text(
    ['Idempotency-Key er brugt før til noget andet.', 'Lav en ny nøgle til hver ny handling.'],
    ['This Idempotency-Key was used before for something else.', 'Make a new key for each new action.'],
  ),
  // --- identity ---
  last_administrator: text(
    ['Kommunen ville stå uden administrator.', 'Giv først en anden rollen administrator.'],
    [
      'The municipality would be left without an administrator.',
      'Give somebody else the administrator role first.',
    ],
  ),
  scope_exceeds_role: text(
    [
      'En adgangsnøgle kan ikke give mere, end personen selv må: {scopes}.',
      'Vælg kun det, som personens roller giver.',
    ],
    [
      'A token cannot grant more than its owner may: {scopes}.',
      'Choose only what the roles of its owner give.',
    ],
  ),
  // --- visits ---
  hold_refused: text(
    [
      'Tiden kan ikke reserveres: {missing_da}.',
      'Vælg en anden tid. Nærmeste, hvor alt er ledigt: {nearest_da}.',
    ],
    [
      'The time cannot be held: {missing_en}.',
      'Choose another time. Nearest with everything free: {nearest_en}.',
    ],
  ),
  outside_working_hours: text(
    [
      'Tiden ligger uden for arbejdstiden for {worker} ({hours_da}).',
      'Vælg en tid inden for arbejdstiden, eller lad en kollega på den rette vagt tage besøget.',
    ],
    [
      'The time lies outside the working hours of {worker} ({hours_en}).',
      'Choose a time within them, or let a colleague on the right shift take the visit.',
    ],
  ),
  visit_warnings: text(
    [
      'Vær opmærksom, før besøget planlægges: {warnings_da}.',
      'Planlæg det alligevel, hvis I er enige om det.',
    ],
    ['Look before you plan this visit: {warnings_en}.', 'Plan it anyway, if you have agreed on it.'],
  ),
  visit_state: text(
    [
      'Besøget er {state_da} og kan ikke {action_da}.',
      'Se på besøget, og vælg noget, der passer til, hvor langt det er.',
    ],
    [
      'The visit is {state_en} and cannot be {action_en}.',
      'Look at the visit, and choose what fits its state.',
    ],
  ),
  visit_past: text(
    ['Tidspunktet er passeret.', 'Vælg et senere tidspunkt, eller registrér besøget som holdt.'],
    ['That time is over.', 'Choose a time to come, or record the visit as held.'],
  ),
  visit_times: text(
    ['Tiderne passer ikke: {why_da}.', 'Ret tiderne.'],
    ['The times do not fit: {why_en}.', 'Correct the times.'],
  ),
  plan_conflicts: text(
    [
      '{count} af {total} tider kan ikke reserveres.',
      'Vælg en anden tid, eller nøjes med de tider, der er ledige.',
    ],
    ['{count} of {total} times cannot be held.', 'Choose another time, or ask for those that are free.'],
  ),
  plan_invalid: text(
    ['Planen kan ikke bruges: {why_da}.', 'Ret planen.'],
    ['The plan cannot be used: {why_en}.', 'Correct the plan.'],
  ),
  plan_ended: text(
    ['Planen er afsluttet.', 'Lav en ny plan, hvis støtten fortsætter.'],
    ['The plan has ended.', 'Make a new plan if support goes on.'],
  ),
  review_not_due: text(
    [
      'Der er ingen opfølgning at svare på for {citizen}.',
      'Kontakten er ikke kun på video, eller der er allerede svaret.',
    ],
    [
      'There is no review to answer for {citizen}.',
      'Contact is not by video alone, or it has been answered already.',
    ],
  ),
  handed_off_already: text(
    [
      'Besøget er allerede overdraget til fagsystemet (udgave {revision}).',
      'Ret besøget, hvis noget er forkert; så overdrages rettelsen.',
    ],
    [
      'The visit has already been handed off to the case system (revision {revision}).',
      'Correct the visit if something is wrong; then the correction is handed off.',
    ],
  ),
  hand_off_under_way: text(
    [
      'Besøget er på vej til fagsystemet, og om det er nået frem, vides ikke endnu.',
      'Vent, til kaldet er besvaret eller opgivet.',
    ],
    [
      'The visit is on its way to the case system, and whether it arrived is not known yet.',
      'Wait until the call is answered or given up.',
    ],
  ),
  not_handed_off_yet: text(
    ['Besøget er ikke registreret endnu, så der er intet at overdrage.', 'Registrér besøget først.'],
    ['The visit is not recorded yet, so there is nothing to hand off.', 'Record the visit first.'],
  ),
  // --- the ledger ---
  ledger_empty: text(
    ['Loggen har ikke fået sit første underskrevne punkt endnu.', 'Vent et øjeblik, og prøv igen.'],
    ['The log has no signed checkpoint yet.', 'Wait a moment and try again.'],
  ),
  checkpoint_unknown: text(
    [
      'Loggen har intet underskrevet punkt ved størrelsen {size}.',
      'Se de underskrevne punkter med »naer ledger log --checkpoints«.',
    ],
    [
      'The log has no signed checkpoint at size {size}.',
      'See the signed checkpoints with "naer ledger log --checkpoints".',
    ],
  ),
  tree_size_unknown: text(
    [
      'Loggen rækker ikke til {size}; den har {head} poster under underskrift.',
      'Vælg en størrelse op til {head}.',
    ],
    ['The log does not reach {size}; it has {head} signed entries.', 'Choose a size up to {head}.'],
  ),
  verifier_key_invalid: text(
    [
      'Det er ikke en brugbar offentlig nøgle: {why_da}.',
      'Kopiér hele linjen »navn+nøgle-id+base64« fra den, der har nøglen.',
    ],
    [
      'This is no usable public key: {why_en}.',
      'Copy the whole line "name+key ID+base 64" from whoever has the key.',
    ],
  ),
  cosignature_refused: text(
    ['Medunderskriften kan ikke bruges: {why_da}.', 'Bed vidnet om at underskrive igen.'],
    ['The cosignature cannot be used: {why_en}.', 'Ask the witness to sign again.'],
  ),
  witness_request_refused: text(
    [
      'Punktet bliver ikke medunderskrevet: {why_da}.',
      'Gem filen som bevis, og tal med den kommune, den kommer fra.',
    ],
    [
      'The checkpoint is not cosigned: {why_en}.',
      'Keep the file as evidence, and talk to the municipality that it comes from.',
    ],
  ),
  ledger_unsound: text(
    [
      'Loggen passer ikke med sig selv (opdaget ved post {index}), så der gives intet ud, som bygger på den.',
      'Kør »naer ledger fsck«, og giv it-support, hvad den viser.',
    ],
    [
      'The log does not agree with itself (noticed at entry {index}), so nothing is given out that rests on it.',
      'Run "naer ledger fsck", and give IT support what it shows.',
    ],
  ),
  // --- the programme ---
  programme_exists: text(
    ['Der er allerede et program, der hedder {name}.', 'Vælg et andet navn, eller se »naer programme list«.'],
    ['There is already a programme called {name}.', 'Choose another name, or see "naer programme list".'],
  ),
  programme_dates_invalid: text(
    ['Programmets datoer passer ikke sammen: {why_da}.', 'Ret datoerne, og prøv igen.'],
    ["The programme's dates do not fit together: {why_en}.", 'Correct the dates and try again.'],
  ),
  programme_kind_wrong: text(
    [
      'Det gælder ikke for programmet {name}, som er {kind_da}.',
      'Se programmerne med »naer programme list«.',
    ],
    [
      'This is not for the programme {name}, which is {kind_en}.',
      'See the programmes with "naer programme list".',
    ],
  ),
  milestones_invalid: text(
    ['Milepælene kan ikke bruges: {why_da}.', 'Ret filen, og prøv igen; intet er ændret.'],
    ['The milestones cannot be used: {why_en}.', 'Correct the file and try again; nothing was changed.'],
  ),
  day_not_over: text(
    ['{day} er ikke gået endnu.', 'Spørg til en dag, der er gået.'],
    ['{day} is not over yet.', 'Ask for a day that has passed.'],
  ),
  month_not_over: text(
    ['{month} er ikke slut endnu, så der er ingen månedsopgørelse.', 'Vent til den første i næste måned.'],
    ['{month} is not over yet, so it has no month-end.', 'Wait until the first of the next month.'],
  ),
  month_not_published: text(
    ['{month} er ikke gjort op endnu.', 'En måned gøres op af sig selv, kort efter at den er slut.'],
    ['{month} has not been closed yet.', 'A month is closed by itself, shortly after it has ended.'],
  ),
  member_exists: text(
    ['{name} er allerede med i programmet.', 'Se medlemmerne med »naer programme members«.'],
    ['{name} is already a member of the programme.', 'See the members with "naer programme members".'],
  ),
  invitation_unreadable: text(
    ['Filen er ikke en invitation til et fælles program.', 'Bed projektlederen om den igen.'],
    ['The file is no invitation to a joint programme.', 'Ask the lead for it again.'],
  ),
  contribution_refused: text(
    [
      'Bidraget kan ikke modtages: {why_da}.',
      'Bed kommunen om at lave det igen med »naer programme contribute«.',
    ],
    [
      'The contribution is not accepted: {why_en}.',
      'Ask the municipality to make it again with "naer programme contribute".',
    ],
  ),
  contribution_exists: text(
    [
      '{member} har allerede bidraget for {month}, og et bidrag ændres ikke.',
      'Hvad der er registreret senere, kommer med i næste måned.',
    ],
    [
      '{member} has already contributed for {month}, and a contribution does not change.',
      'What was recorded later comes with the next month.',
    ],
  ),
  not_demo: text(
    [
      '{municipality} er ikke en demokommune, og dens data bliver ikke rørt.',
      'Brug en installation med demodata.',
    ],
    [
      '{municipality} is no demo municipality, and its data is left alone.',
      'Use an installation with demo data.',
    ],
  ),
  // --- citizens and vault ---
  transition_not_allowed: text(
    ['Et forløb kan ikke gå fra »{from_da}« til »{to_da}«.', 'Mulige næste skridt: {allowed_da}.'],
    ['A course cannot go from "{from_en}" to "{to_en}".', 'Possible next steps: {allowed_en}.'],
  ),
  reason_not_allowed: text(
    ['Grunden »{reason_da}« hører ikke til skridtet »{to_da}«.', 'Mulige grunde: {allowed_da}.'],
    ['The reason "{reason_en}" does not belong to the step "{to_en}".', 'Possible reasons: {allowed_en}.'],
  ),
  citizen_erased: text(
    [
      'Borgeren er slettet; identiteten findes ikke mere.',
      'Opret borgeren på ny, hvis støtten begynder igen.',
    ],
    [
      'The citizen has been erased; the identity no longer exists.',
      'Register the citizen anew if support starts again.',
    ],
  ),
  master_key_missing: text(
    [
      'Databasen er låst med en hovednøgle, som ikke findes i {file}.',
      'Læg nøglen tilbage fra papirkopien med »naer key restore«.',
    ],
    [
      'The database is locked with a master key that is not in {file}.',
      'Put the key back from its paper backup with "naer key restore".',
    ],
  ),
  master_key_mismatch: text(
    [
      'Hovednøglen i {file} passer ikke til databasen.',
      'Find den rigtige nøgle (papirkopien), eller peg på den rigtige database.',
    ],
    [
      'The master key in {file} does not fit the database.',
      'Find the right key (the paper backup), or point to the right database.',
    ],
  ),
  master_key_unreadable: text(
    [
      'Filen {file} med hovednøglen kan ikke læses eller er beskadiget.',
      'Ret adgangen til filen, eller flyt den og læg nøglen tilbage fra papirkopien med »naer key restore«.',
    ],
    [
      'The file {file} with the master key cannot be read or is damaged.',
      'Correct the rights to the file, or move it away and put the key back from its paper backup with "naer key restore".',
    ],
  ),
  reference_taken: text(
    [
      'Sagsnummeret bruges allerede af en anden borger.',
      'Find borgeren med »naer citizens find«, eller ret nummeret.',
    ],
    [
      'Another citizen already has this reference.',
      'Find the citizen with "naer citizens find", or correct the number.',
    ],
  ),
  not_acquainted: text(
    [
      'Borgeren og medarbejderen har ikke mødt hinanden endnu.',
      'Skriv ind, hvornår de mødtes, eller at borgeren er isoleret, og prøv igen.',
    ],
    [
      'The citizen and the worker have not met yet.',
      'Record when they met, or that the citizen is isolated, and try again.',
    ],
  ),
  // --- rooms ---
  room_taken: text(
    ['Rummet er optaget på det tidspunkt.', 'Vælg et af forslagene, eller et andet tidspunkt.'],
    ['The room is taken at that time.', 'Choose one of the alternatives, or another time.'],
  ),
  worker_busy: text(
    [
      '{worker} har allerede et rum på det tidspunkt.',
      'Flyt den anden booking, eller vælg et andet tidspunkt.',
    ],
    ['{worker} already holds a room at that time.', 'Move the other booking, or choose another time.'],
  ),
  room_closed: text(
    ['Rummet er lukket på det tidspunkt.', 'Åbningstid: {hours_da}.'],
    ['The room is closed at that time.', 'Opening hours: {hours_en}.'],
  ),
  series_conflicts: text(
    [
      '{count} af {total} gange i rækken kan ikke bookes. Intet er booket.',
      'Vælg et andet tidspunkt, eller brug --skip-conflicts.',
    ],
    [
      '{count} of the {total} times in the series cannot be booked. Nothing was booked.',
      'Choose another time, or use --skip-conflicts.',
    ],
  ),
  series_invalid: text(
    ['Rækken kan ikke bruges: {why_da}.', 'Skriv en RRULE som FREQ=WEEKLY;COUNT=10 (RFC 5545).'],
    ['The series cannot be used: {why_en}.', 'Write an RRULE such as FREQ=WEEKLY;COUNT=10 (RFC 5545).'],
  ),
  booking_state: text(
    [
      'Bookingen er {state_da} og kan ikke ændres på den måde.',
      'Lav en ny booking, hvis rummet stadig skal bruges.',
    ],
    [
      'The booking is {state_en} and cannot be changed that way.',
      'Make a new booking if the room is still needed.',
    ],
  ),
  booking_past: text(
    ['Tidspunktet er forbi.', 'Vælg et tidspunkt fra nu af.'],
    ['That time has passed.', 'Choose a time from now on.'],
  ),
  booking_too_far: text(
    ['Der kan højst bookes {years} år frem.', 'Vælg et tidligere tidspunkt.'],
    ['Rooms can be booked at most {years} years ahead.', 'Choose an earlier time.'],
  ),
  check_in_early: text(
    ['Det er for tidligt at tjekke ind.', 'Prøv igen fra {from_da}.'],
    ['It is too early to check in.', 'Try again from {from_en}.'],
  ),
  room_inactive: text(
    ['{room} er taget ud af brug.', 'Vælg et andet rum.'],
    ['{room} is out of use.', 'Choose another room.'],
  ),
  // --- import ---
  import_rejected: text(
    ['Filen har {count} fejl. Intet er ændret.', 'Ret rækkerne nedenfor i filen, og kør importen igen.'],
    [
      'Faults in the file: {count}. Nothing was changed.',
      'Correct the rows listed in the file, and import again.',
    ],
  ),
  import_unreadable: text(
    [
      'Filen kan ikke læses: {why_da}',
      'Gem den som CSV (UTF-8 eller Windows-1252) med en række overskrifter.',
    ],
    ['The file cannot be read: {why_en}', 'Save it as CSV (UTF-8 or Windows-1252) with a row of headings.'],
  ),
  // --- starting the service ---
  config_invalid: text(
    ['Indstillingen {setting} kan ikke bruges: {why_da}.', '{fix_da}'],
    ['The setting {setting} cannot be used: {why_en}.', '{fix_en}'],
  ),
  config_half_set: text(
    ['Indstillingerne {group} hører sammen, men {missing} mangler.', 'Sæt dem alle, eller ingen af dem.'],
    ['The settings {group} belong together, but {missing} is missing.', 'Set all of them, or none.'],
  ),
  port_taken: text(
    ['Port {port} er optaget af et andet program.', 'Stop det, eller vælg en anden med NAER_PORT.'],
    ['Port {port} is taken by another program.', 'Stop it, or choose another with NAER_PORT.'],
  ),
  media_not_started: text(
    [
      'Medieserveren kan ikke starte: {words}',
      'Ret indstillingen, eller sæt LIVEKIT_URL til en LiveKit-server.',
    ],
    [
      'The media server cannot start: {words}',
      'Correct the setting, or set LIVEKIT_URL to a LiveKit server.',
    ],
  ),
  home_in_use: text(
    ['Nær kører allerede på {home} (proces {pid}).', 'Brug den, der kører, eller stop den først.'],
    ['Nær already runs on {home} (process {pid}).', 'Use the one that runs, or stop it first.'],
  ),
  home_not_writable: text(
    [
      'Nær må ikke skrive i mappen {home}.',
      'Giv din bruger ret til mappen, eller vælg en anden med NAER_HOME.',
    ],
    [
      'Nær may not write to the folder {home}.',
      'Give your user the right to it, or choose another with NAER_HOME.',
    ],
  ),
  postgres_failed: text(
    ['Den indbyggede PostgreSQL startede ikke. Sidste linje i loggen: {why}', 'Se {logFile}.'],
    ['The embedded PostgreSQL did not start. The last line of its log: {why}', 'See {logFile}.'],
  ),
  postgres_ended: text(
    [
      'Den indbyggede PostgreSQL er stoppet uventet, så Nær er lukket.',
      'Start Nær igen: det rydder selv op. Årsagen kan stå i logs under NAER_HOME.',
    ],
    [
      'The embedded PostgreSQL ended unexpectedly, so Nær has closed.',
      'Start Nær again: it recovers by itself. The cause may stand in logs under NAER_HOME.',
    ],
  ),
  postgres_missing: text(
    [
      'Der følger ingen PostgreSQL med til denne slags maskine ({platform}).',
      'Sæt DATABASE_URL til en PostgreSQL 16 eller nyere.',
    ],
    [
      'No PostgreSQL comes along for this kind of machine ({platform}).',
      'Set DATABASE_URL to a PostgreSQL 16 or newer.',
    ],
  ),
  postgres_no_account: text(
    [
      'PostgreSQL må ikke køre som root, og systembrugeren {account} kan hverken findes, oprettes eller bruges her.',
      'Start Nær som en almindelig bruger, eller sæt DATABASE_URL.',
    ],
    [
      'PostgreSQL may not run as root, and the system user {account} can be neither found, made nor used here.',
      'Start Nær as an ordinary user, or set DATABASE_URL.',
    ],
  ),
  postgres_staging_failed: text(
    [
      'Startet som root skal Nær kunne lægge PostgreSQL i {staging}, fordi systembrugeren ikke kan nå {directory}, og det lykkedes ikke.',
      'Giv alle ret til at gå gennem mapperne på vejen, eller start Nær som en almindelig bruger.',
    ],
    [
      'Started by root, Nær must put PostgreSQL in {staging}, since its system user cannot reach {directory}, and that failed.',
      'Let everyone pass through the folders on the way, or start Nær as an ordinary user.',
    ],
  ),
  postgres_data_gone: text(
    [
      'Databasen til {home} lå i {directory}, som er væk.',
      'Læg mappen tilbage, eller slet {pointer} for at begynde med en tom database.',
    ],
    [
      'The database of {home} was kept in {directory}, which is gone.',
      'Put the folder back, or delete {pointer} to begin with an empty database.',
    ],
  ),
  postgres_data_unreachable: text(
    [
      'Databasen i {directory} tilhører en anden bruger end den, PostgreSQL skal køre som her.',
      'Start Nær som den samme bruger som sidst, eller giv mappen til den nye.',
    ],
    [
      'The database in {directory} belongs to another user than PostgreSQL would run as here.',
      'Start Nær as the same user as before, or give the folder to the new one.',
    ],
  ),
  database_unreachable: text(
    ['Databasen på {host} svarer ikke.', 'Se efter, at den kører, og at DATABASE_URL er rigtig.'],
    ['The database at {host} does not answer.', 'Check that it runs and that DATABASE_URL is right.'],
  ),
  database_login_refused: text(
    ['Databasen på {host} afviser brugernavn eller adgangskode for {user}.', 'Ret DATABASE_URL.'],
    ['The database at {host} refuses the user name or password of {user}.', 'Correct DATABASE_URL.'],
  ),
  database_newer: text(
    [
      'Databasen er lavet af en nyere udgave af Nær (den har {migration}).',
      'Opdatér Nær, eller brug en anden database.',
    ],
    ['The database was made by a newer Nær (it has {migration}).', 'Update Nær, or use another database.'],
  ),
  database_too_old: text(
    ['Databasen er PostgreSQL {version}; Nær kræver 16 eller nyere.', 'Opdatér PostgreSQL.'],
    ['The database is PostgreSQL {version}; Nær needs 16 or newer.', 'Upgrade PostgreSQL.'],
  ),
  migration_changed: text(
    [
      'Databasen har {migration} i en anden udgave, end denne Nær har.',
      'Brug den udgave af Nær, som databasen er lavet med, eller en anden database.',
    ],
    [
      'The database has another version of {migration} than this Nær has.',
      'Use the Nær that the database was made with, or another database.',
    ],
  ),
  migration_failed: text(
    [
      'Databasen kunne ikke opdateres ({migration}). Intet i den er ændret.',
      'Se logs/core.log under NAER_HOME; læg en sikkerhedskopi ind, hvis det fortsætter.',
    ],
    [
      'The database could not be brought up to date ({migration}). Nothing in it was changed.',
      'See logs/core.log under NAER_HOME; restore a backup if it persists.',
    ],
  ),
  database_rights_missing: text(
    ['Databasens login {user} mangler rettigheden {action}.', 'Se »Ekstern database« i driftsvejledningen.'],
    [
      'The database login {user} lacks the privilege {action}.',
      'See "External database" in the operator guide.',
    ],
  ),
  // --- calls ---
  link_not_valid: text(
    ['Linket gælder ikke længere.', 'Bed om et nyt link på siden, eller ring til det nummer, der står dér.'],
    ['This link no longer holds.', 'Ask for a new link on the page, or phone the number that stands there.'],
  ),
  link_in_use: text(
    [
      'Linket er åbnet på en anden enhed.',
      'Fortsæt dér. Er det dig selv, så luk siden dér, og prøv igen om et øjeblik.',
    ],
    [
      'This link is open on another device.',
      'Go on there. If that is you, close the page there and try again in a moment.',
    ],
  ),
  link_pin: text(
    ['Der skal en kode til linket.', 'Skriv den kode, som du har aftalt med din medarbejder.'],
    ['This link needs a code.', 'Type the code that you agreed on with your worker.'],
  ),
  seat_state: text(
    ['Det kan ikke gøres nu: pladsen er {state_da}.', 'Se, hvem der er med, og prøv igen.'],
    ['That cannot be done now: the seat is {state_en}.', 'Look at who is there, and try again.'],
  ),
  call_not_open: text(
    ['Samtalen er ikke åben endnu.', 'Kom igen kl. {opens}.'],
    ['The call is not open yet.', 'Come back at {opens}.'],
  ),
  no_call: text(
    ['Besøget er ikke et skærmbesøg, der kan holdes nu.', 'Gør det til et skærmbesøg med: naer visits turn.'],
    ['This is no video visit that can be held now.', 'Make it one with: naer visits turn.'],
  ),
  talk_hours_closed: text(
    ['Den tid kan ikke vælges.', 'Vælg en af de tider, der vises nu.'],
    ['That time cannot be chosen.', 'Choose one of the times that are shown now.'],
  ),
  talk_state: text(
    ['Ønsket om en snak er {state_da}.', 'Se, hvad der venter på svar, med: naer talks list.'],
    ['The wish for a talk is {state_en}.', 'See what waits for an answer with: naer talks list.'],
  ),
  proposal_changed: text(
    ['Forslaget er ændret eller besvaret i mellemtiden.', 'Se på den tid, der står nu.'],
    ['The proposal was changed or answered meanwhile.', 'Look at the time that stands there now.'],
  ),
  call_full: text(
    ['Der er allerede {seats} med i samtalen.', 'Fjern en, før du inviterer en til.'],
    ['{seats} people take part in this call already.', 'Remove one before you invite another.'],
  ),
  file_not_usable: text(
    [
      'Filen kan ikke bruges: {why_da}.',
      'Brug en PDF eller et billede. I Word og Excel: vælg Gem som, og vælg PDF. Eller tag et billede af papiret.',
    ],
    [
      'The file cannot be used: {why_en}.',
      'Use a PDF or a picture. In Word and Excel: choose Save as, and choose PDF. Or take a picture of the paper.',
    ],
  ),
  media_unavailable: text(
    [
      'Lyd og billede kan ikke forbindes lige nu.',
      'Prøv igen om et øjeblik. Lykkes det ikke, så ring i stedet.',
    ],
    ['Sound and picture cannot be connected just now.', 'Try again in a moment. If it fails, phone instead.'],
  ),
  message_state: text(
    ['Beskeden er {state_da}.', 'Kun en besked, der er opgivet, kan prøves igen.'],
    ['The message is {state_en}.', 'Only a message that was given up can be tried again.'],
  ),
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorTexts;

/** What `{kind}` is called in a sentence; a kind may be followed by a name, such as `staff BM13`. */
export const kindNames: Readonly<Record<string, { readonly da: string; readonly en: string }>> = {
  staff: { da: 'medarbejderen', en: 'member of staff' },
  team: { da: 'teamet', en: 'team' },
  municipality: { da: 'kommunen', en: 'municipality' },
  token: { da: 'adgangsnøglen', en: 'token' },
  citizen: { da: 'borgeren', en: 'citizen' },
  'legal basis': { da: 'paragraffen', en: 'legal basis' },
  site: { da: 'stedet', en: 'site' },
  room: { da: 'rummet', en: 'room' },
  booking: { da: 'bookingen', en: 'booking' },
  visit: { da: 'besøget', en: 'visit' },
  plan: { da: 'planen', en: 'plan' },
  'hand-off': { da: 'overdragelsen', en: 'hand-off' },
  series: { da: 'rækken', en: 'series' },
  import: { da: 'importen', en: 'import' },
  message: { da: 'beskeden', en: 'message' },
  leaf: { da: 'posten', en: 'entry' },
  witness: { da: 'vidnet', en: 'witness' },
  programme: { da: 'programmet', en: 'programme' },
  milestone: { da: 'milepælen', en: 'milestone' },
  activity: { da: 'aktiviteten', en: 'activity' },
  member: { da: 'medlemmet', en: 'member' },
  checkpoint: { da: 'punktet', en: 'checkpoint' },
  call: { da: 'samtalen', en: 'call' },
  seat: { da: 'pladsen', en: 'seat' },
  'weekly-plan': { da: 'ugeskemaet', en: 'weekly plan' },
};
