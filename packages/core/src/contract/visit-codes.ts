/** The closed lists of visits; their words in Danish and English stand in visit-words.ts. */

/** How citizen and worker meet. */
export const channels = ['video', 'physical', 'phone'] as const;
export type Channel = (typeof channels)[number];

/** What became of a visit; `followed-up` is a failed call that was made good by phone. */
export const visitStates = [
  'proposed',
  'planned',
  'open',
  'held',
  'cancelled',
  'futile',
  'failed',
  'followed-up',
] as const;
export type VisitState = (typeof visitStates)[number];

/** What a video visit is for, and what support is about (domain page, section 2). */
export const visitPurposes = [
  'make-contact',
  'away-from-home',
  'smaller-bites',
  'illness',
  'tapering',
  'other',
] as const;
export type VisitPurpose = (typeof visitPurposes)[number];
export const visitTopics = [
  'supportive-talk',
  'structure',
  'practical',
  'accompaniment',
  'reading-post',
  'authorities',
  'medication',
  'other',
] as const;
export type VisitTopic = (typeof visitTopics)[number];

export const cancelledBy = ['citizen', 'worker', 'municipality', 'system'] as const;
export type CancelledBy = (typeof cancelledBy)[number];
/** Who of these a person may name; `system` is for what lapses by itself. */
export const cancellers = ['citizen', 'worker', 'municipality'] as const;
export const cancelReasons = [
  'illness',
  'hospitalised',
  'no-energy',
  'other-appointment',
  'no-wish',
  'away',
  'technology',
  'course-or-meeting',
  'urgent-elsewhere',
  'worker-left',
  'closed',
  'weather',
  'plan-changed',
  'plan-ended',
  'citizen-erased',
  'unanswered',
  'mistake',
  'no-reason-given',
] as const;
export type CancelReason = (typeof cancelReasons)[number];
/** A futile visit: the worker came, or called, and nobody was there. */
export const futileReasons = ['nobody-home', 'no-answer', 'refused', 'forgotten', 'wrong-time'] as const;
export type FutileReason = (typeof futileReasons)[number];
/** At which step technology failed. */
export const failureSteps = ['not-started', 'no-sound', 'no-picture', 'dropped', 'does-not-work'] as const;
export type FailureStep = (typeof failureSteps)[number];
export type EndReason = CancelReason | FutileReason | FailureStep;

/** Who takes part besides citizen and worker. No names: a colleague is named by initials, others by what they are. */
export const participantKinds = [
  'colleague',
  'relative',
  'caseworker',
  'interpreter',
  'health-care',
  'residence-staff',
  'other',
] as const;
export type ParticipantKind = (typeof participantKinds)[number];

/** What a stretch of time was; travel and waiting are no support and do not count against the grant. */
export const partKinds = ['video', 'physical', 'phone', 'travel', 'waiting'] as const;
export type PartKind = (typeof partKinds)[number];

/**
 * What a planner is warned of and may overrule: a first call to somebody never met, a substitute by video to somebody
 * who does not want that, video to somebody who said no to it.
 */
export const visitWarnings = ['never-met', 'substitute-unwanted', 'video-declined'] as const;
export type VisitWarning = (typeof visitWarnings)[number];

/** What a visit needs at once; a refusal names which of these cannot be had. */
export const holdParts = ['worker', 'citizen', 'room'] as const;
export type HoldPart = (typeof holdParts)[number];

/** Whether a visit has reached the case system. */
export const handOffStates = ['none', 'waiting', 'delivered', 'refused'] as const;
export type HandOffState = (typeof handOffStates)[number];

export const reviewAnswers = [
  'visit-planned',
  'citizen-wishes-video',
  'thrives',
  'not-possible-now',
] as const;
export type ReviewAnswer = (typeof reviewAnswers)[number];
