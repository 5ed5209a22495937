import type { HandOff, HandOffWay } from '@naer/core/contract/hand-off';
import type { CitizenWord, GapReason, HolidayChoice, Plan, PlanKind } from '@naer/core/contract/plans';
import { endReasonWords } from '@naer/core/contract/visit-words';
import type {
  CancelledBy,
  CancelReason,
  FailureStep,
  FutileReason,
  HandOffState,
} from '@naer/core/contract/visits';
import { cancelReasons, failureSteps, futileReasons } from '@naer/core/contract/visits';
import type { Words } from './words.ts';

export {
  channelWords,
  endReasonWords,
  holdPartWords,
  participantWords,
  partWords,
  purposeWords,
  reviewWords,
  topicWords,
  visitStateWords,
  warningWords,
} from '@naer/core/contract/visit-words';

const among = <Code extends keyof typeof endReasonWords>(codes: readonly Code[]): Words<Code> =>
  Object.fromEntries(codes.map((code) => [code, endReasonWords[code]])) as Words<Code>;

export const cancelReasonWords: Words<CancelReason> = among(cancelReasons);
export const futileReasonWords: Words<FutileReason> = among(futileReasons);
export const failureStepWords: Words<FailureStep> = among(failureSteps);

export const cancelledByWords: Words<CancelledBy> = {
  citizen: ['borgeren', 'the citizen'],
  worker: ['medarbejderen', 'the worker'],
  municipality: ['kommunen', 'the municipality'],
  system: ['systemet', 'the system'],
};

/** Who of these a person may name; the system says so by itself. */
const { system: _system, ...people } = cancelledByWords;
export const cancellerWords: Words<Exclude<CancelledBy, 'system'>> = people;
const { municipality: _municipality, ...two } = people;
export const proposerWords: Words<'citizen' | 'worker'> = two;

export const planKindWords: Words<PlanKind> = {
  weekly: ['hver uge', 'weekly'],
  fortnightly: ['hver anden uge', 'fortnightly'],
  growing: ['voksende kontakt', 'growing contact'],
  split: ['delt støtte', 'split support'],
  tapering: ['nedtrapning', 'tapering off'],
  custom: ['egen plan', 'a plan of its own'],
};

export const planStateWords: Words<Plan['state']> = {
  active: ['i gang', 'active'],
  ended: ['afsluttet', 'ended'],
};

export const holidayWords: Words<HolidayChoice> = {
  skip: ['springes over', 'left out'],
  move: ['flyttes', 'moved'],
  keep: ['holdes', 'kept'],
};

export const citizenWordWords: Words<CitizenWord> = {
  'own-wish': ['eget ønske', 'own wish'],
  agreed: ['enig', 'agreed'],
  'would-rather-not': ['vil helst ikke', 'would rather not'],
  'not-asked': ['ikke spurgt', 'not asked'],
};

export const gapWords: Words<GapReason> = {
  holiday: ['fridag', 'day off'],
  skipped: ['sprunget over', 'left out'],
  worker: ['medarbejderen er optaget', 'the worker is busy'],
  citizen: ['borgeren har en anden aftale', 'the citizen has another appointment'],
  room: ['rummet er taget', 'the room is taken'],
  'outside-hours': ['uden for arbejdstiden', 'outside working hours'],
  past: ['tiden er gået', 'that time is over'],
};

export const planChangeWords: Words<Plan['changes'][number]['kind']> = {
  created: ['oprettet', 'made'],
  week: ['en uge ændret', 'a week changed'],
  step: ['næste trin', 'next step'],
  stay: ['bliver på trinnet', 'stays on the step'],
  phases: ['lavet om', 'changed'],
  ended: ['afsluttet', 'ended'],
};

export const handOffWords: Words<HandOff['state']> = {
  waiting: ['venter', 'waiting'],
  delivered: ['overdraget', 'handed off'],
  refused: ['afvist', 'refused'],
};

export const visitHandOffWords: Words<HandOffState> = { none: ['nej', 'no'], ...handOffWords };

export const handOffWayWords: Words<HandOffWay> = {
  'by-hand': ['sat ind', 'pasted'],
  file: ['fil', 'file'],
  call: ['kald', 'call'],
};
