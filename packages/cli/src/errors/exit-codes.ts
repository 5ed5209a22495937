import type { ErrorCode } from '@naer/core/contract';
import { say } from '../language.ts';
import type { CliErrorCode } from './cli-error.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;

/** Thrown but not foreseen: a bug of ours (EX_SOFTWARE of sysexits.h). Ctrl-C is 130, as in every shell. */
export const bugExit = 70;
export const interruptedExit = 130;

export const exitMeanings = (): Readonly<Record<ExitCode, string>> => ({
  0: say('udført', 'done'),
  1: say(
    'et nej eller et fund: intet ledigt, ingen fundet, filen har fejl',
    'a no or a finding: nothing free, nobody found, a file with faults',
  ),
  2: say('forkert brug: kommando, valg, felt eller fil', 'wrong usage: command, option, field or file'),
  3: say(
    'ikke tilladt: ikke logget ind, eller rollen rækker ikke',
    'not allowed: not logged in, or the role does not reach',
  ),
  4: say('tjenesten kan ikke nås eller kan ikke svare', 'the service cannot be reached or cannot answer'),
  5: say(
    'i strid med det, der er: rummet er taget, navnet er brugt',
    'in conflict with what is: the room is taken, the name is used',
  ),
});

/** How each error leaves the terminal. A new error code does not compile before it has a place here. */
export const exitCodes = {
  invalid_input: 2,
  payload_too_large: 2,
  unsupported_media_type: 2,
  route_not_found: 4,
  too_many_requests: 4,
  internal: 4,
  unavailable: 4,
  cpr_refused: 2,
  not_authenticated: 3,
  not_allowed: 3,
  not_found: 1,
  already_exists: 5,
  idempotency_key_reused: 5,
  last_administrator: 5,
  scope_exceeds_role: 3,
  transition_not_allowed: 5,
  reason_not_allowed: 2,
  citizen_erased: 5,
  master_key_missing: 4,
  master_key_mismatch: 4,
  room_taken: 5,
  worker_busy: 5,
  room_closed: 5,
  series_conflicts: 5,
  series_invalid: 2,
  booking_state: 5,
  import_rejected: 1,
  import_unreadable: 2,
  config_invalid: 2,
  config_half_set: 2,
  port_taken: 5,
  home_in_use: 5,
  home_unusable: 2,
  home_not_writable: 3,
  postgres_failed: 4,
  postgres_missing: 4,
  postgres_no_account: 4,
  postgres_staging_failed: 4,
  postgres_data_gone: 4,
  postgres_data_unreachable: 4,
  database_unreachable: 4,
  database_login_refused: 4,
  database_newer: 4,
  database_too_old: 4,
  migration_failed: 4,
  database_rights_missing: 4,
  usage: 2,
  unknown_command: 2,
  value_unknown: 2,
  no_service: 4,
  unreachable: 4,
  answer_unreadable: 4,
  address_invalid: 2,
  answer_needed: 2,
  not_confirmed: 1,
  file_unreadable: 2,
  file_exists: 5,
  room_unknown: 1,
  room_ambiguous: 2,
  time_unreadable: 2,
  key_file_missing: 2,
  paper_key_unreadable: 2,
  interrupted: 1,
} as const satisfies Record<ErrorCode | CliErrorCode, ExitCode>;
