import type { Words } from './citizen-words.ts';
import type {
  Channel,
  EndReason,
  HoldPart,
  ParticipantKind,
  PartKind,
  ReviewAnswer,
  VisitPurpose,
  VisitState,
  VisitTopic,
  VisitWarning,
} from './visits.ts';

/** How a visit is named by its channel, as the field says it: skærmbesøg, fysisk besøg, opkald. */
export const channelWords: Words<Channel> = {
  video: ['skærmbesøg', 'video visit'],
  physical: ['fysisk besøg', 'visit in person'],
  phone: ['opkald', 'phone call'],
};

export const partWords: Words<PartKind> = {
  video: ['video', 'video'],
  physical: ['fysisk', 'in person'],
  phone: ['telefon', 'phone'],
  travel: ['vejtid', 'travel'],
  waiting: ['ventetid', 'waiting'],
};

export const visitStateWords: Words<VisitState> = {
  proposed: ['foreslået', 'proposed'],
  planned: ['planlagt', 'planned'],
  open: ['i gang', 'open'],
  held: ['holdt', 'held'],
  cancelled: ['aflyst', 'cancelled'],
  futile: ['forgæves', 'futile'],
  failed: ['mislykket', 'failed'],
  'followed-up': ['fulgt op', 'followed up'],
};

export const purposeWords: Words<VisitPurpose> = {
  'make-contact': ['skabe kontakt', 'make contact'],
  'away-from-home': ['støtte væk fra hjemmet', 'support away from home'],
  'smaller-bites': ['støtte i mindre bidder', 'support in smaller bites'],
  illness: ['støtte under sygdom', 'support during illness'],
  tapering: ['nedtrapning', 'tapering off'],
  other: ['andet', 'other'],
};

export const topicWords: Words<VisitTopic> = {
  'supportive-talk': ['støttende samtale', 'supportive talk'],
  structure: ['struktur på dagen', 'structure of the day'],
  practical: ['praktiske opgaver', 'practical tasks'],
  accompaniment: ['ledsagelse', 'accompaniment'],
  'reading-post': ['gennemgang af post', 'reading post'],
  authorities: ['kontakt til myndigheder', 'contact with authorities'],
  medication: ['medicin', 'medication'],
  other: ['andet', 'other'],
};

export const participantWords: Words<ParticipantKind> = {
  colleague: ['kollega', 'colleague'],
  relative: ['pårørende', 'relative'],
  caseworker: ['sagsbehandler', 'caseworker'],
  interpreter: ['tolk', 'interpreter'],
  'health-care': ['sundhedspersonale', 'health care'],
  'residence-staff': ['personale på bosted', 'residence staff'],
  other: ['andre', 'others'],
};

/** Why a visit was cancelled, futile or failed. */
export const endReasonWords: Words<EndReason> = {
  illness: ['sygdom', 'illness'],
  hospitalised: ['indlagt', 'in hospital'],
  'no-energy': ['ikke overskud', 'no energy'],
  'other-appointment': ['anden aftale', 'another appointment'],
  'no-wish': ['ønsker det ikke', 'does not wish it'],
  away: ['bortrejst', 'away'],
  technology: ['teknik', 'technology'],
  'course-or-meeting': ['kursus eller møde', 'course or meeting'],
  'urgent-elsewhere': ['akut opgave et andet sted', 'urgent elsewhere'],
  'worker-left': ['medarbejderen er stoppet', 'worker has left'],
  closed: ['lukket', 'closed'],
  weather: ['vejret', 'weather'],
  'plan-changed': ['planen er ændret', 'plan changed'],
  'plan-ended': ['planen er afsluttet', 'plan ended'],
  'citizen-erased': ['borgeren er slettet', 'citizen erased'],
  unanswered: ['intet svar på forslaget', 'proposal not answered'],
  mistake: ['fejl', 'mistake'],
  'no-reason-given': ['ingen grund givet', 'no reason given'],
  'nobody-home': ['ingen hjemme', 'nobody home'],
  'no-answer': ['intet svar', 'no answer'],
  refused: ['ville ikke', 'refused'],
  forgotten: ['glemt', 'forgotten'],
  'wrong-time': ['forkert tid', 'wrong time'],
  'not-started': ['gik ikke i gang', 'did not start'],
  'no-sound': ['ingen lyd', 'no sound'],
  'no-picture': ['intet billede', 'no picture'],
  dropped: ['forbindelsen røg', 'connection dropped'],
  'does-not-work': ['virkede ikke', 'did not work'],
};

/** What the planner is asked to look at, as half a sentence. */
export const warningWords: Words<VisitWarning> = {
  'never-met': ['borger og medarbejder har ikke mødt hinanden', 'citizen and worker have not met'],
  'substitute-unwanted': [
    'borgeren ønsker ikke video med en vikar',
    'the citizen does not want video with a substitute',
  ],
  'video-declined': ['borgeren har sagt nej til video', 'the citizen has said no to video'],
};

/** What is not free, as half a sentence. */
export const holdPartWords: Words<HoldPart> = {
  worker: ['medarbejderen er optaget', 'the worker is busy'],
  citizen: ['borgeren har en anden aftale', 'the citizen has another appointment'],
  room: ['rummet er taget', 'the room is taken'],
};

export const reviewWords: Words<ReviewAnswer> = {
  'visit-planned': ['et fysisk besøg er planlagt', 'a visit in person is planned'],
  'citizen-wishes-video': ['borgeren ønsker video', 'the citizen wishes video'],
  thrives: ['borgeren trives', 'the citizen thrives'],
  'not-possible-now': ['fysisk besøg er ikke muligt nu', 'a visit in person is not possible now'],
};
