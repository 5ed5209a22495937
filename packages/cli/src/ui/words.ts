import type { Words } from '@naer/core/contract/citizen-words';
import type {
  AccessKind,
  connections,
  erasureReasons,
  grantPeriods,
  IdentityReason,
  itSkills,
  ownEquipment,
  substituteWishes,
  suitabilityOutcomes,
  suitabilityReasons,
} from '@naer/core/contract/citizens';
import type { Role } from '@naer/core/contract/permissions';
import type { Alternative, BookingState, RoomFeature, roomKinds } from '@naer/core/contract/rooms';
import type { Shift } from '@naer/core/contract/visit-rules';
import { language } from '../language.ts';

export { statusWords, stepReasonWords } from '@naer/core/contract/citizen-words';
export type { Words };

export const roleWords: Words<Role> = {
  'support-worker': ['bostøttemedarbejder', 'support worker'],
  'super-user': ['superbruger', 'super-user'],
  coordinator: ['tovholder', 'coordinator'],
  'cross-municipal-lead': ['tværkommunal projektleder', 'cross-municipal lead'],
  leader: ['leder', 'leader'],
  'it-support': ['it-support', 'IT support'],
  'night-watch': ['nattevagt', 'night watch'],
  'peer-supporter': ['peerstøtte', 'peer supporter'],
  'data-protection-officer': ['databeskyttelsesrådgiver', 'data-protection officer'],
  'it-auditor': ['it-revisor', 'IT auditor'],
  caseworker: ['rådgiver', 'caseworker'],
  administrator: ['administrator', 'administrator'],
  operator: ['drift', 'operator'],
};

export const periodWords: Words<(typeof grantPeriods)[number]> = {
  week: ['om ugen', 'a week'],
  fortnight: ['hver 14. dag', 'a fortnight'],
};

export const equipmentWords: Words<(typeof ownEquipment)[number]> = {
  unknown: ['ukendt', 'unknown'],
  none: ['intet', 'none'],
  phone: ['telefon', 'phone'],
  tablet: ['tablet', 'tablet'],
  computer: ['computer', 'computer'],
};

export const connectionWords: Words<(typeof connections)[number]> = {
  unknown: ['ukendt', 'unknown'],
  none: ['ingen', 'none'],
  weak: ['svag', 'weak'],
  good: ['god', 'good'],
};

export const skillWords: Words<(typeof itSkills)[number]> = {
  unknown: ['ukendt', 'unknown'],
  none: ['ingen', 'none'],
  some: ['nogle', 'some'],
  good: ['gode', 'good'],
};

export const outcomeWords: Words<(typeof suitabilityOutcomes)[number]> = {
  suited: ['egnet', 'suited'],
  'suited-with-help': ['egnet med hjælp', 'suited with help'],
  'not-now': ['ikke nu', 'not now'],
  unsuited: ['uegnet', 'unsuited'],
};

export const suitabilityReasonWords: Words<(typeof suitabilityReasons)[number]> = {
  'wishes-video': ['ønsker video', 'wishes video'],
  'calm-on-video': ['rolig på video', 'calm on video'],
  'needs-presence': ['har brug for nærvær', 'needs presence'],
  'acute-illness': ['akut sygdom', 'acute illness'],
  'concerned-by-camera': ['bekymret over kamera', 'concerned by camera'],
  'technology-too-hard': ['teknikken er for svær', 'technology too hard'],
  'no-private-place': ['intet sted at være alene', 'no private place'],
  'practical-help-needed': ['praktisk hjælp nødvendig', 'practical help needed'],
  'relation-too-new': ['relationen er for ny', 'relation too new'],
};

export const identityReasonWords: Words<IdentityReason> = {
  contact: ['kontakt', 'contact'],
  visit: ['besøg', 'visit'],
  delivery: ['levering', 'delivery'],
  emergency: ['nødsituation', 'emergency'],
  correction: ['rettelse', 'correction'],
  'data-subject-request': ['indsigt', 'data-subject request'],
  supervision: ['tilsyn', 'supervision'],
  documentation: ['dokumentation', 'documentation'],
};

export const shiftWords: Words<Shift> = {
  day: ['dag', 'day'],
  evening: ['aften', 'evening'],
  night: ['nat', 'night'],
};

export const substituteWishWords: Words<(typeof substituteWishes)[number]> = {
  unknown: ['ukendt', 'unknown'],
  welcome: ['ja tak', 'welcome'],
  unwanted: ['nej tak', 'unwanted'],
};

export const accessKindWords: Words<AccessKind> = {
  read: ['læst', 'read'],
  find: ['fundet', 'found'],
  export: ['eksporteret', 'exported'],
  note: ['note læst', 'note read'],
  'hand-off': ['overdraget', 'handed off'],
  'weekly-plan': ['ugeskema læst', 'weekly plan read'],
};

export const erasureReasonWords: Words<(typeof erasureReasons)[number]> = {
  'data-subject-request': ['borgerens ønske', 'data-subject request'],
  'retention-expired': ['opbevaringstid udløbet', 'retention expired'],
  'registered-by-mistake': ['oprettet ved en fejl', 'registered by mistake'],
};

export const featureWords: Words<RoomFeature> = {
  screen: ['skærm', 'screen'],
  camera: ['kamera', 'camera'],
  headset: ['headset', 'headset'],
  wired: ['kablet net', 'wired'],
  curtains: ['gardiner', 'curtains'],
  quiet: ['stille', 'quiet'],
  light: ['godt lys', 'light'],
};

export const kindWords: Words<(typeof roomKinds)[number]> = {
  booth: ['samtaleboks', 'booth'],
  office: ['kontor', 'office'],
  'meeting-room': ['mødelokale', 'meeting room'],
  other: ['andet', 'other'],
};

export const bookingWords: Words<BookingState> = {
  booked: ['booket', 'booked'],
  'checked-in': ['tjekket ind', 'checked in'],
  lapsed: ['frigivet', 'lapsed'],
  cancelled: ['aflyst', 'cancelled'],
};

export const alternativeWords: Words<Alternative['kind']> = {
  'other-room': ['andet rum', 'other room'],
  'other-time': ['anden tid', 'other time'],
};

export const skipWords: Words<'room_taken' | 'worker_busy' | 'room_closed'> = {
  room_taken: ['rummet er optaget', 'the room is taken'],
  worker_busy: ['medarbejderen har et andet rum', 'the worker holds another room'],
  room_closed: ['rummet er lukket', 'the room is closed'],
};

export const outboxWords: Words<'pending' | 'done' | 'dead'> = {
  pending: ['venter', 'pending'],
  done: ['sendt', 'done'],
  dead: ['opgivet', 'dead'],
};

/** A code in the person's language. */
export function word<Code extends string>(words: Words<Code>, code: Code): string {
  const [da, en] = words[code];
  return language() === 'da' ? da : en;
}

/** The code that somebody means: the code itself, or its word in either language, whatever the case. */
export function codeOf<Code extends string>(words: Words<Code>, text: string): Code | undefined {
  const wanted = text.trim().toLowerCase();
  for (const code of Object.keys(words) as Code[]) {
    if ([code, ...words[code]].some((name) => name.toLowerCase() === wanted)) return code;
  }
  return undefined;
}
