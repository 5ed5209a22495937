import type { VisitPurpose, VisitTopic } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { CliError } from '../errors/cli-error.ts';
import { say } from '../language.ts';
import { choices, pick, pickAll } from './choices.ts';
import { ask, readStdin } from './terminal.ts';
import { participantWords, purposeWords, topicWords } from './visit-words.ts';

/** What the help of every command that takes a note says. */
export const noteAdvice = (): string =>
  say(
    'Skriv en note med --note-stdin: kommandohistorikken husker det, der står efter --note.',
    'Write a note with --note-stdin: the history of commands remembers what stands after --note.',
  );

export const purposesFlag = Flags.string(
  choices(purposeWords, say('Formål, flere med komma', 'Purpose, several with commas')),
);

export const withFlag = Flags.string({
  summary: say('Hvem der også er med', 'Who else takes part'),
  description: `${Object.keys(participantWords).join(', ')}; colleague:BM07`,
  helpValue: 'relative,colleague:BM07',
});

/** What is told of a visit when it ends or is recorded. */
export const recordedFlags = () => ({
  topics: Flags.string(
    choices(topicWords, say('Hvad det handlede om, med komma', 'What it was about, with commas')),
  ),
  purposes: purposesFlag,
  with: withFlag,
  note: Flags.string({
    summary: say('Note til næste gang; tom sletter den', 'Note for the next time; empty clears it'),
    exclusive: ['note-stdin'],
  }),
  'note-stdin': Flags.boolean({
    summary: say('Læs noten fra standard-input', 'Read the note from standard input'),
  }),
});

interface RecordedFlags {
  readonly topics?: string | undefined;
  readonly purposes?: string | undefined;
  readonly with?: string | undefined;
  readonly note?: string | undefined;
  readonly 'note-stdin': boolean;
}

type Participant = { readonly kind: keyof typeof participantWords; readonly initials: string | null };

/** What such options come to; what was not given is left out. */
export async function recordedInput(flags: RecordedFlags): Promise<{
  readonly topics: VisitTopic[] | undefined;
  readonly purposes: VisitPurpose[] | undefined;
  readonly participants: Participant[] | undefined;
  readonly note: string | null | undefined;
}> {
  return {
    topics: pickAll(topicWords, flags.topics, '--topics'),
    purposes: pickAll(purposeWords, flags.purposes, '--purposes'),
    participants: readParticipants(flags.with),
    note: flags['note-stdin'] ? await typedNote() : flags.note === '' ? null : flags.note,
  };
}

/** "relative,colleague:BM07": a colleague, and nobody else, is named by initials. */
export function readParticipants(text: string | undefined): Participant[] | undefined {
  return text
    ?.split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [kindText = '', who, more] = part.split(':').map((word) => word.trim());
      const kind = pick(participantWords, kindText, '--with');
      if (more !== undefined || (kind === 'colleague') !== (who !== undefined && who !== ''))
        throw new CliError('participant_unreadable', { text: part.trim() });
      return { kind, initials: who === undefined ? null : who.toUpperCase() };
    });
}

/** A note from a file or pipe; on a terminal it is asked for, in one line. */
async function typedNote(): Promise<string> {
  const note = process.stdin.isTTY
    ? await ask(say('Note til næste gang:', 'Note for the next time:'), {
        what: say('noten', 'the note'),
        flag: '--note-stdin',
      })
    : await readStdin();
  if (note === '') throw new CliError('note_is_empty');
  return note;
}
