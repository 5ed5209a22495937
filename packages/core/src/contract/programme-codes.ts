/** The closed lists of programmes; their words in Danish and English stand in programme-words.ts. */

/** A programme of one municipality, or one that several share and one of them leads (domain page, section 6). */
export const programmeKinds = ['own', 'lead', 'member'] as const;
export type ProgrammeKind = (typeof programmeKinds)[number];

/** The four phases of the handbook, and the time after it. */
export const programmePhases = ['exploration', 'installation', 'trial', 'full-implementation'] as const;
export type ProgrammePhase = (typeof programmePhases)[number];

/** Two tracks run side by side; a trial does not begin before both are ready. */
export const tracks = ['it', 'method'] as const;
export type Track = (typeof tracks)[number];

/** The handbook's 16 activities: 9 preparation, 6 implementation, 1 operation (data/activities.json). */
export const handbookActivities = [
  'F1',
  'F2',
  'F3',
  'F4',
  'F5',
  'F6',
  'F7',
  'F8',
  'F9',
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'D1',
] as const;
export type HandbookActivity = (typeof handbookActivities)[number];

export const activityStatuses = ['not-started', 'under-way', 'done', 'not-relevant'] as const;
export type ActivityStatus = (typeof activityStatuses)[number];

/** Who answers for an activity, as the handbook names them. */
export const activityRoles = [
  'leader',
  'project-lead',
  'coordinator',
  'procurement',
  'facility',
  'support-worker',
  'vendor',
  'it-support',
  'citizen',
] as const;
export type ActivityRole = (typeof activityRoles)[number];

/** What a municipality decides, and between what. */
export const decisions = {
  delivery: ['preferred-channel', 'supplement'],
  equipment: ['own-devices', 'loans', 'both'],
  'data-cost': ['municipality', 'citizen', 'shared'],
  planning: ['structured', 'free', 'both'],
  expectation: ['must', 'may'],
  'freed-time': ['more-support', 'more-citizens', 'quality', 'savings', 'not-decided'],
} as const;
export type DecisionKind = keyof typeof decisions;
export const decisionKinds = Object.keys(decisions) as [DecisionKind, ...DecisionKind[]];
export type DecisionChoice = (typeof decisions)[DecisionKind][number];
export const decisionChoices = [...new Set(Object.values(decisions).flat())] as [
  DecisionChoice,
  ...DecisionChoice[],
];

/** The six standing follow-ups of operation (activity D1). */
export const followUpKinds = [
  'goals',
  'rooms',
  'suitability',
  'newcomers',
  'culture',
  'data-security',
] as const;
export type FollowUpKind = (typeof followUpKinds)[number];

/** What a member of staff has had: training in equipment and method, information about data security. */
export const preparations = ['trained', 'informed'] as const;
export type Preparation = (typeof preparations)[number];

/** Measures that a milestone can ask for. */
export const milestoneMeasures = [
  'has-received',
  'receives-regularly',
  'active-workers',
  'trained',
  'informed',
] as const;
export type MilestoneMeasure = (typeof milestoneMeasures)[number];

/** What a milestone needs: a measure of at least so many, or an activity done (of the handbook, or by its own word). */
export type MilestoneNeed =
  | { readonly kind: 'measure'; readonly measure: MilestoneMeasure; readonly atLeast: number }
  | { readonly kind: 'activity'; readonly what: string };

/** How it goes with a milestone: it was reached in time or late, or it is still to come. */
/** `shared`: a number that is common to the members of a joint programme, of which one member knows only its own. */
export const milestoneStates = ['reached', 'reached-late', 'on-time', 'at-risk', 'late', 'shared'] as const;
export type MilestoneState = (typeof milestoneStates)[number];
