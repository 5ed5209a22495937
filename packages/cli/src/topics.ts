import { say } from './language.ts';

/** The topics in the order of the front page of help, each with one line. */
export const topicTexts = (): readonly (readonly [topic: string, description: string])[] => [
  [
    'visits',
    say('Dagens og ugens besøg: planlæg, hold, registrér', 'Visits of the day and week: plan, hold, record'),
  ],
  [
    'calls',
    say('Samtaler over skærm: luk ind, invitér, nyt link', 'Calls by video: let in, invite, a new link'),
  ],
  [
    'ground-rules',
    say('Hvad der er aftalt, hvis en samtale svigter', 'What is agreed for a call that fails'),
  ],
  ['talks', say('Hvem der har bedt om en snak, og svaret', 'Who has asked for a talk, and the answer')],
  ['talk-hours', say('Hvornår borgere kan bede om en samtale', 'When citizens may ask for a talk')],
  ['call-defaults', say('Kommunens egne regler for samtaler', "The municipality's own rules for calls")],
  ['messages', say('Beskeder til borgere og gæster', 'Messages to citizens and guests')],
  ['plans', say('Planer, der laver besøg igen og igen', 'Plans that make visits again and again')],
  ['handoff', say('Det færdige til fagsystemet', 'What is ready for the case system')],
  [
    'rooms',
    say('Book et rum, flyt det, tjek ind; find et ledigt', 'Book a room, move it, check in; find a free one'),
  ],
  [
    'programme',
    say(
      'Programmet: milepæle, prognose, og hvad der mangler',
      'The programme: milestones, forecast, and what is missing',
    ),
  ],
  [
    'citizens',
    say(
      'Borgere efter kode: forløb, vurderinger, identitet',
      'Citizens by code: course, assessments, identity',
    ),
  ],
  ['staff', say('Medarbejdere og deres roller', 'Staff and their roles')],
  ['team', say('Teams', 'Teams')],
  ['sites', say('Steder med rum', 'Sites that have rooms')],
  ['legal-bases', say('Paragraffer, der gives støtte efter', 'Legal bases that support is granted under')],
  ['municipality', say('Kommunen og dens indstillinger', 'The municipality and its settings')],
  [
    'token',
    say('Adgangsnøgler til programmer og andre maskiner', 'Access tokens for programs and other machines'),
  ],
  ['events', say('Følg ændringer, mens de sker', 'Follow changes as they happen')],
  [
    'ledger',
    say(
      'Loggen, som enhver kan efterprøve: bevis, eksport, vidner',
      'The log that anybody can verify: proofs, export, witnesses',
    ),
  ],
  ['outbox', say('Beskeder til andre systemer', 'Messages to other systems')],
  ['media', say('Medieserveren, der bærer samtalerne', 'The media server that carries the calls')],
  ['demo', say('Demokommunen med opdigtede borgere', 'The demo municipality of invented citizens')],
  [
    'key',
    say('Hovednøglen: skift, papirkopi, gendannelse', 'The master key: rotation, paper backup, restoring'),
  ],
];

/** Topics that lie within another. */
export const innerTopicTexts = (): readonly (readonly [topic: string, description: string])[] => [
  ['ledger:witness', say('Vidner, der medunderskriver loggen', 'Witnesses who cosign the log')],
];
