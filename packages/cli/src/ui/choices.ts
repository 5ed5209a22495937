import { Flags } from '@oclif/core';
import { CliError } from '../errors/cli-error.ts';
import { say } from '../language.ts';
import { ask } from './terminal.ts';
import { codeOf, type Words, word } from './words.ts';

/** How an option with a closed list looks in help: a short list beside the option, a long one below. */
export function choices<Code extends string>(words: Words<Code>, summary: string) {
  const codes = Object.keys(words);
  return codes.length <= 4 && codes.join().length <= 32
    ? { summary, helpValue: codes.join('|') }
    : { summary, description: codes.join(', ') };
}

/** An option that takes one of a closed list; read it with `pick`. */
export const choice = <Code extends string>(words: Words<Code>, summary: string) =>
  Flags.string(choices(words, summary));

/** The beginning of a code or word is enough, from three letters on, where nothing else begins so. */
function codeMeant<Code extends string>(words: Words<Code>, text: string): Code | undefined {
  const wanted = text.trim().toLowerCase();
  const exact = codeOf(words, wanted);
  if (exact !== undefined || wanted.length < 3) return exact;
  const begun = (Object.keys(words) as Code[]).filter((code) =>
    [code, ...words[code]].some((name) => name.toLowerCase().startsWith(wanted)),
  );
  return begun.length === 1 ? begun[0] : undefined;
}

/** Reads the code that somebody wrote: the code or its word in either language, or how it begins. `option` is named in the error. */
export function pick<Code extends string>(words: Words<Code>, text: string, option: string): Code;
export function pick<Code extends string>(
  words: Words<Code>,
  text: string | undefined,
  option: string,
): Code | undefined;
export function pick<Code extends string>(
  words: Words<Code>,
  text: string | undefined,
  option: string,
): Code | undefined {
  if (text === undefined) return undefined;
  const code = codeMeant(words, text);
  if (code !== undefined) return code;
  const known = Object.keys(words).join(', ');
  throw new CliError('value_unknown', { text, option, known });
}

/** The same for a list with commas; nothing given is undefined. */
export function pickAll<Code extends string>(
  words: Words<Code>,
  text: string | undefined,
  option: string,
): Code[] | undefined {
  const parts = text?.split(',').filter((part) => part.trim() !== '');
  return parts?.map((part) => pick(words, part, option));
}

/** One code of a closed list: what the option gave, else asked for on a terminal, where `offered` are shown, until it is one. */
export async function askChoice<Code extends string>(
  words: Words<Code>,
  given: string | undefined,
  needed: {
    readonly question: string;
    readonly what: string;
    readonly option: string;
    readonly offered?: readonly Code[];
    /** What to add to the command line, where that is not the option and a code. */
    readonly flag?: string;
  },
): Promise<Code> {
  const { question, what, option, offered = Object.keys(words) as Code[] } = needed;
  if (given !== undefined) return pick(words, given, option);
  const widest = Math.max(...offered.map((code) => code.length));
  const list = offered.map((code) => `  ${code.padEnd(widest)}  ${word(words, code)}`).join('\n');
  const { flag = `${option} ${offered[0] ?? ''}` } = needed;
  for (
    let prompt = `${list}\n${question}`;
    ;
    prompt = say('Skriv et af ordene ovenfor:', 'Write one of the words above:')
  ) {
    const code = codeMeant(words, await ask(prompt, { what, flag }));
    if (code !== undefined) return code;
  }
}
