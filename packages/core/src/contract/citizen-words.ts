import type { CitizenStatus, StepReason } from './citizens.ts';

/** What codes are called in Danish and in English, in the service's sentences as in the terminal's lists. */
export type Words<Code extends string> = Readonly<Record<Code, readonly [da: string, en: string]>>;

export const statusWords: Words<CitizenStatus> = {
  candidate: ['kandidat', 'candidate'],
  offered: ['tilbudt', 'offered'],
  accepted: ['sagt ja', 'accepted'],
  declined: ['sagt nej', 'declined'],
  introduced: ['introduceret', 'introduced'],
  active: ['i gang', 'active'],
  tapering: ['nedtrapning', 'tapering'],
  ended: ['afsluttet', 'ended'],
};

export const stepReasonWords: Words<StepReason> = {
  mapped: ['kortlagt', 'mapped'],
  imported: ['indlæst', 'imported'],
  returned: ['vendt tilbage', 'returned'],
  'first-talk': ['første samtale', 'first talk'],
  'worker-suggestion': ['medarbejderens forslag', "worker's suggestion"],
  'citizen-request': ['borgerens ønske', 'citizen asked'],
  'offered-again': ['tilbudt igen', 'offered again'],
  'own-wish': ['eget ønske', 'own wish'],
  'support-away-from-home': ['støtte væk fra hjemmet', 'support away from home'],
  illness: ['sygdom', 'illness'],
  'smaller-bites': ['mindre bidder', 'smaller bites'],
  'prefers-visits': ['vil hellere have besøg', 'prefers visits'],
  'no-equipment': ['mangler udstyr', 'no equipment'],
  'weak-connection': ['svag forbindelse', 'weak connection'],
  'uneasy-with-technology': ['utryg ved teknik', 'uneasy with technology'],
  'fear-of-being-watched': ['frygter at blive overvåget', 'fear of being watched'],
  'not-suited-now': ['ikke egnet nu', 'not suited now'],
  'no-reason-given': ['ingen grund givet', 'no reason given'],
  'at-home': ['hjemme', 'at home'],
  'at-an-office': ['på et kontor', 'at an office'],
  'by-video': ['på video', 'by video'],
  'first-call-held': ['første opkald holdt', 'first call held'],
  resumed: ['genoptaget', 'resumed'],
  'goal-near': ['målet er nær', 'goal near'],
  'moving-out': ['flytter ud', 'moving out'],
  'citizen-wish': ['borgerens ønske', "citizen's wish"],
  'goal-reached': ['målet nået', 'goal reached'],
  'moved-away': ['flyttet', 'moved away'],
  'grant-ended': ['bevillingen ophørt', 'grant ended'],
  'needs-visits': ['har brug for besøg', 'needs visits'],
  'technology-failed': ['teknikken svigtede', 'technology failed'],
  died: ['død', 'died'],
};
