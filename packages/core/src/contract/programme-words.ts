import type { Words } from './citizen-words.ts';
import type { Activity } from './programme.ts';
import type {
  ActivityRole,
  ActivityStatus,
  DecisionChoice,
  DecisionKind,
  FollowUpKind,
  MilestoneState,
  Preparation,
  ProgrammeKind,
  ProgrammePhase,
  Track,
} from './programme-codes.ts';

export const programmeKindWords: Words<ProgrammeKind> = {
  own: ['kommunens eget', "the municipality's own"],
  lead: ['et fælles program, som ledes herfra', 'a joint programme that is led from here'],
  member: [
    'et fælles program, som kommunen er med i',
    'a joint programme that the municipality takes part in',
  ],
};

export const phaseWords: Words<ProgrammePhase> = {
  exploration: ['udforskning', 'exploration'],
  installation: ['etablering', 'installation'],
  trial: ['afprøvning', 'trial'],
  'full-implementation': ['fuld implementering', 'full implementation'],
};

export const activityPhaseWords: Words<Activity['phase']> = {
  preparation: ['forberedelse', 'preparation'],
  implementation: ['implementering', 'implementation'],
  operation: ['drift', 'operation'],
  own: ['egne', 'own'],
};

export const trackWords: Words<Track> = {
  it: ['it-sporet', 'the IT track'],
  method: ['metodesporet', 'the method track'],
};

export const activityStatusWords: Words<ActivityStatus> = {
  'not-started': ['ikke begyndt', 'not started'],
  'under-way': ['i gang', 'under way'],
  done: ['færdig', 'done'],
  'not-relevant': ['ikke relevant', 'not relevant'],
};

export const activityRoleWords: Words<ActivityRole> = {
  leader: ['leder', 'leader'],
  'project-lead': ['projektleder', 'project lead'],
  coordinator: ['tovholder', 'coordinator'],
  procurement: ['indkøb', 'procurement'],
  facility: ['ejendomsservice', 'facility management'],
  'support-worker': ['bostøttemedarbejder', 'support worker'],
  vendor: ['leverandør', 'vendor'],
  'it-support': ['it-support', 'IT support'],
  citizen: ['borger', 'citizen'],
};

export const decisionKindWords: Words<DecisionKind> = {
  delivery: ['hvordan det leveres', 'how it is delivered'],
  equipment: ['udstyr', 'equipment'],
  'data-cost': ['hvem der betaler for data', 'who pays for data'],
  planning: ['planlægning', 'planning'],
  expectation: ['skal eller må', 'must or may'],
  'freed-time': ['hvad den frigjorte tid går til', 'what freed time is for'],
};

export const decisionChoiceWords: Words<DecisionChoice> = {
  'preferred-channel': ['den foretrukne vej', 'the preferred channel'],
  supplement: ['et supplement', 'a supplement'],
  'own-devices': ['borgerens eget', "the citizen's own"],
  loans: ['udlån', 'loans'],
  both: ['begge dele', 'both'],
  municipality: ['kommunen', 'the municipality'],
  citizen: ['borgeren', 'the citizen'],
  shared: ['de deler', 'shared'],
  structured: ['samlet på faste tider', 'structured'],
  free: ['hver for sig', 'free'],
  must: ['alle skal', 'everybody must'],
  may: ['hver må, om de vil', 'everybody may'],
  'more-support': ['mere støtte til den samme borger', 'more support for the same citizen'],
  'more-citizens': ['flere borgere', 'more citizens'],
  quality: ['bedre kvalitet', 'quality'],
  savings: ['besparelser', 'savings'],
  'not-decided': ['ikke besluttet', 'not decided'],
};

export const followUpWords: Words<FollowUpKind> = {
  goals: ['målene', 'the goals'],
  rooms: ['rummene', 'the rooms'],
  suitability: ['hvem det passer til', 'whom it suits'],
  newcomers: ['oplæring af nye kolleger', 'training of newcomers'],
  culture: ['kulturen', 'the culture'],
  'data-security': ['datasikkerheden', 'data security'],
};

export const milestoneStateWords: Words<MilestoneState> = {
  reached: ['nået', 'reached'],
  'reached-late': ['nået for sent', 'reached late'],
  'on-time': ['til tiden', 'on time'],
  'at-risk': ['i fare', 'at risk'],
  late: ['forsinket', 'late'],
  shared: ['fælles', 'joint'],
};

export const preparationWords: Words<Preparation> = {
  trained: ['oplært', 'trained'],
  informed: ['orienteret om datasikkerhed', 'informed on data security'],
};
