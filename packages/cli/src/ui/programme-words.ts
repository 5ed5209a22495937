import type { MilestoneMeasure, ProgrammeKind } from '@naer/core/contract/programme-codes';
import type { Words } from './words.ts';

export {
  activityPhaseWords,
  activityRoleWords,
  activityStatusWords,
  decisionChoiceWords,
  decisionKindWords,
  followUpWords,
  milestoneStateWords,
  phaseWords,
  preparationWords,
  trackWords,
} from '@naer/core/contract/programme-words';

/** In a table, where the words of the contract are too long. */
export const shortKindWords: Words<ProgrammeKind> = {
  own: ['eget', 'own'],
  lead: ['fælles, ledes herfra', 'joint, led from here'],
  member: ['fælles, deltager', 'joint, member'],
};

/** What a milestone can ask for, as a unit behind a number: "45 modtager jævnligt". */
export const milestoneMeasureWords: Words<MilestoneMeasure> = {
  'has-received': ['har modtaget', 'have received'],
  'receives-regularly': ['modtager jævnligt', 'receive regularly'],
  'active-workers': ['aktive medarbejdere', 'active workers'],
  trained: ['oplærte', 'trained'],
  informed: ['orienterede', 'informed'],
};
