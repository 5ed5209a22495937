/** The closed lists of calls; their words in Danish and English stand in call-words.ts. */

/** Who has a seat in a call. Guests are external parties of a meeting, told apart by what they are. */
export const seatKinds = ['citizen', 'worker', 'colleague', 'guest'] as const;
export type SeatKind = (typeof seatKinds)[number];

/**
 * Where somebody is: `invited` has not come, `waiting` stands in the waiting room, `admitted` may come in and may be in,
 * `left` was in and went or vanished, `refused` was turned away by the host.
 */
export const seatStates = ['invited', 'waiting', 'admitted', 'left', 'refused'] as const;
export type SeatState = (typeof seatStates)[number];

/** Why somebody is no longer in: they hung up, they vanished from the network, the host or the service ended it. */
export const goneReasons = ['hung-up', 'vanished', 'call-ended', 'removed'] as const;
export type GoneReason = (typeof goneReasons)[number];

/** `prepared` nobody is in yet, `on` somebody has been admitted, `ended` in good order, `failed` technology gave up. */
export const callStates = ['prepared', 'on', 'ended', 'failed'] as const;
export type CallState = (typeof callStates)[number];

/** `end-to-end`: only the participants can decode; `in-transit`: the media server could, because a browser is too old. */
export const callEncryptions = ['end-to-end', 'in-transit'] as const;
export type CallEncryption = (typeof callEncryptions)[number];

/** What the page tests before a call. */
export const testSteps = ['browser', 'camera', 'microphone', 'loudspeaker', 'network'] as const;
export type TestStep = (typeof testSteps)[number];
/** `unsure`: the person was asked (do you hear the tone?) and skipped. */
export const testOutcomes = ['good', 'weak', 'failed', 'unsure'] as const;
export type TestOutcome = (typeof testOutcomes)[number];

/** What a weekly plan may be. */
export const planFormats = ['pdf', 'png', 'jpeg'] as const;
export type PlanFormat = (typeof planFormats)[number];
/** Of a weekly plan, in bytes: 20 MB. */
export const mostPlanBytes = 20 * 1024 * 1024;
/** Why a file is no weekly plan; `office` and `heic` are told apart because people have them. */
export const fileRefusals = [
  'empty',
  'office',
  'heic',
  'other',
  'broken',
  'protected',
  'too-many-pages',
  'picture-too-large',
] as const;
export type FileRefusal = (typeof fileRefusals)[number];

/** At which step of the page something went wrong; with diagnostics, never with names. */
export const troubleSteps = [
  'browser-too-old',
  'camera-refused',
  'camera-missing',
  'camera-busy',
  'microphone-refused',
  'microphone-missing',
  'microphone-busy',
  'network-blocked',
  'service-down',
  'media-down',
  'no-picture',
  'no-sound',
  'dropped',
  'key-mismatch',
  'does-not-work',
] as const;
export type TroubleStep = (typeof troubleSteps)[number];

/** Who phones whom when a call fails. */
export const callers = ['worker', 'citizen'] as const;
export type Caller = (typeof callers)[number];
/** When they speak again after a failed call. */
export const speakAgains = [
  'by-phone-at-once',
  'same-day',
  'next-appointment',
  'as-agreed-by-phone',
] as const;
export type SpeakAgain = (typeof speakAgains)[number];

/** How a message reaches somebody. `mailbox` is the embedded default, read by `naer messages`. */
export const messageChannels = ['sms', 'mail', 'mailbox'] as const;
export type MessageChannel = (typeof messageChannels)[number];
/** What a citizen may choose; `none` is the opt-out from everything but what they ask for themselves. */
export const contactChoices = ['sms', 'mail', 'both', 'none'] as const;
export type ContactChoice = (typeof contactChoices)[number];

/**
 * What became of a citizen's wish for a talk: `asked` waits for an answer, `proposed` was answered with a time, `declined`
 * with a no for now, `withdrawn` by the citizen.
 */
export const talkStates = ['asked', 'proposed', 'declined', 'withdrawn'] as const;
export type TalkState = (typeof talkStates)[number];

export const messageKinds = [
  'invitation',
  'moved',
  'cancelled',
  'proposal',
  'reminder-day',
  'reminder-hour',
  'new-link',
  'talk-asked',
  'talk-answered',
  'call-failed',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/**
 * `scheduled` waits for its time, `sending` was taken up, `sent` was taken by the next station, `delivered` has a receipt,
 * `failed` was given up, `withdrawn` was overtaken by a change, `held-back` fell to an opt-out or to a missing address.
 */
export const messageStates = [
  'scheduled',
  'sending',
  'sent',
  'delivered',
  'failed',
  'withdrawn',
  'held-back',
] as const;
export type MessageState = (typeof messageStates)[number];
