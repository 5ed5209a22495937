import type {
  CallEncryption,
  Caller,
  CallState,
  ContactChoice,
  FileRefusal,
  GoneReason,
  MessageChannel,
  MessageKind,
  MessageState,
  SeatKind,
  SeatState,
  SpeakAgain,
  TalkState,
  TestOutcome,
  TestStep,
  TroubleStep,
} from './call-codes.ts';
import type { Words } from './citizen-words.ts';

export const seatKindWords: Words<SeatKind> = {
  citizen: ['borgeren', 'the citizen'],
  worker: ['medarbejderen', 'the worker'],
  colleague: ['kollega', 'colleague'],
  guest: ['gæst', 'guest'],
};

/** As the end of "is …": of a citizen's wish for a talk. */
export const talkStateWords: Words<TalkState> = {
  asked: ['sendt', 'sent'],
  proposed: ['besvaret med et forslag', 'answered with a proposal'],
  declined: ['besvaret med et nej', 'answered with a no'],
  withdrawn: ['trukket tilbage', 'withdrawn'],
};

/** As the end of "is …": somebody's, or their seat's. */
export const seatStateWords: Words<SeatState> = {
  invited: ['ikke kommet endnu', 'not here yet'],
  waiting: ['i venteværelset', 'in the waiting room'],
  admitted: ['lukket ind', 'let in'],
  left: ['gået', 'gone'],
  refused: ['afvist', 'turned away'],
};

/** As the end of "they …". */
export const goneWords: Words<GoneReason> = {
  'hung-up': ['lagde på', 'hung up'],
  vanished: ['mistede forbindelsen', 'lost the connection'],
  'call-ended': ['samtalen sluttede', 'the call ended'],
  removed: ['blev lukket ud', 'was shown out'],
};

export const callStateWords: Words<CallState> = {
  prepared: ['klar', 'prepared'],
  on: ['i gang', 'on'],
  ended: ['slut', 'ended'],
  failed: ['mislykket', 'failed'],
};

export const encryptionWords: Words<CallEncryption> = {
  'end-to-end': ['kun jer i samtalen kan se og høre den', 'only those in the call can see and hear it'],
  'in-transit': ['krypteret på vejen, men ikke hele vejen', 'encrypted on its way, but not end to end'],
};

export const testStepWords: Words<TestStep> = {
  browser: ['browser', 'browser'],
  camera: ['kamera', 'camera'],
  microphone: ['mikrofon', 'microphone'],
  loudspeaker: ['højttaler', 'loudspeaker'],
  network: ['internet', 'network'],
};

export const testOutcomeWords: Words<TestOutcome> = {
  good: ['virker', 'works'],
  weak: ['svagt', 'weak'],
  failed: ['virker ikke', 'does not work'],
  unsure: ['usikkert', 'unsure'],
};

export const troubleWords: Words<TroubleStep> = {
  'browser-too-old': ['browseren er for gammel', 'the browser is too old'],
  'camera-refused': ['der blev sagt nej til kameraet', 'the camera was refused'],
  'camera-missing': ['der er intet kamera', 'there is no camera'],
  'camera-busy': ['kameraet bruges af et andet program', 'another program uses the camera'],
  'microphone-refused': ['der blev sagt nej til mikrofonen', 'the microphone was refused'],
  'microphone-missing': ['der er ingen mikrofon', 'there is no microphone'],
  'microphone-busy': ['mikrofonen bruges af et andet program', 'another program uses the microphone'],
  'network-blocked': ['nettet spærrer for samtalen', 'the network blocks the call'],
  'service-down': ['Nær svarede ikke', 'Nær did not answer'],
  'media-down': ['lyd og billede kunne ikke forbindes', 'sound and picture could not be connected'],
  'no-picture': ['intet billede', 'no picture'],
  'no-sound': ['ingen lyd', 'no sound'],
  dropped: ['forbindelsen røg', 'the connection dropped'],
  'key-mismatch': ['samtalens nøgle passede ikke', 'the key of the call did not fit'],
  'does-not-work': ['nogen sagde, at det ikke virker', 'somebody said that it does not work'],
};

/** Who phones whom, as a whole sentence without its full stop. */
export const callerWords: Words<Caller> = {
  worker: ['medarbejderen ringer til borgeren', 'the worker phones the citizen'],
  citizen: ['borgeren ringer til medarbejderen', 'the citizen phones the worker'],
};

/** When they speak again, as the end of "you speak again …". */
export const speakAgainWords: Words<SpeakAgain> = {
  'by-phone-at-once': ['med det samme, i telefonen', 'at once, by phone'],
  'same-day': ['senere samme dag', 'later the same day'],
  'next-appointment': ['ved den næste aftale', 'at the next appointment'],
  'as-agreed-by-phone': ['efter aftale i telefonen', 'as agreed on the phone'],
};

export const contactWords: Words<ContactChoice> = {
  sms: ['sms', 'text message'],
  mail: ['e-mail', 'e-mail'],
  both: ['sms og e-mail', 'text message and e-mail'],
  none: ['ingen beskeder', 'no messages'],
};

export const languageWords: Words<'da' | 'en'> = {
  da: ['dansk', 'Danish'],
  en: ['engelsk', 'English'],
};

export const messageChannelWords: Words<MessageChannel> = {
  sms: ['sms', 'text message'],
  mail: ['e-mail', 'e-mail'],
  mailbox: ['postkasse', 'mailbox'],
};

/** Short, for a column beside others. */
export const messageKindWords: Words<MessageKind> = {
  invitation: ['invitation', 'invitation'],
  moved: ['flyttet', 'moved'],
  cancelled: ['aflyst', 'cancelled'],
  proposal: ['forslag til tid', 'proposed time'],
  'reminder-day': ['husk dagen før', 'reminder (day)'],
  'reminder-hour': ['husk timen før', 'reminder (hour)'],
  'new-link': ['nyt link', 'new link'],
  'talk-asked': ['ønsket samtale', 'talk asked for'],
  'talk-answered': ['svar på ønske', 'talk answered'],
  'call-failed': ['samtale svigtede', 'call failed'],
};

/** As the end of "the message is …". */
export const messageStateWords: Words<MessageState> = {
  scheduled: ['planlagt', 'scheduled'],
  sending: ['på vej', 'on its way'],
  sent: ['sendt', 'sent'],
  delivered: ['modtaget', 'delivered'],
  failed: ['opgivet', 'given up'],
  withdrawn: ['taget tilbage', 'withdrawn'],
  'held-back': ['holdt tilbage', 'held back'],
};

/** As the end of "the file cannot be used: …". */
export const fileRefusalWords: Words<FileRefusal> = {
  empty: ['den er tom', 'it is empty'],
  office: ['den er fra et skriveprogram eller regneark', 'it comes from a word processor or spreadsheet'],
  heic: [
    'billedet er gemt på en måde, som ikke alle kan se',
    'the picture is kept in a way that not everybody can see',
  ],
  other: ['den er hverken en PDF eller et billede', 'it is neither a PDF nor a picture'],
  broken: ['den kan ikke læses og er måske ødelagt', 'it cannot be read and may be damaged'],
  protected: ['den er låst med en adgangskode', 'it is locked with a password'],
  'too-many-pages': ['den har flere end 100 sider', 'it has more than 100 pages'],
  'picture-too-large': ['billedet er for stort til at blive vist', 'the picture is too large to be shown'],
};
