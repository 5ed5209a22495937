import { Errors } from '@oclif/core';
import { z } from 'zod';
import { say } from '../language.ts';
import { CliError } from './cli-error.ts';

// oclif's parser errors carry what was wrong beside an English sentence; these shapes are read off its 5.1 release.
const missingArgs = z.object({
  args: z.array(z.object({ name: z.string() })).min(1),
  showHelp: z.literal(true),
});
const unexpectedArgs = z.object({ args: z.array(z.string()).min(1) });
const unknownFlags = z.object({ flags: z.array(z.string()).min(1) });

/** oclif's complaint about the command line as a usage error in the person's language, or null if it is something else. */
export function readUsageError(thrown: unknown, command: string): CliError | null {
  if (!(thrown instanceof Errors.CLIError) || thrown instanceof Errors.ExitError) return null;
  return new CliError('usage', { what: sentence(thrown), command }, { cause: thrown });
}

function sentence(error: Error): string {
  const missing = missingArgs.safeParse(error);
  if (missing.success) {
    const names = missing.data.args.map((arg) => arg.name.toUpperCase()).join(', ');
    return say(`Der mangler noget: ${names}.`, `Something is missing: ${names}.`);
  }
  const unexpected = unexpectedArgs.safeParse(error);
  if (unexpected.success) {
    const words = unexpected.data.args.join(' ');
    return say(`Her er noget for meget: ${words}.`, `This is too much: ${words}.`);
  }
  const unknown = unknownFlags.safeParse(error);
  if (unknown.success) {
    const flags = unknown.data.flags.join(', ');
    return say(`Valget ${flags} findes ikke her.`, `There is no option ${flags} here.`);
  }
  const text = error.message.split('\nSee more help')[0] ?? error.message;
  const required = /Missing required flag (\S+)/.exec(text);
  if (required) return say(`Valget --${required[1]} mangler.`, `The option --${required[1]} is missing.`);
  const value = /Flag (--\S+) expects a value/.exec(text);
  if (value) return say(`Valget ${value[1]} skal have en værdi.`, `The option ${value[1]} needs a value.`);
  const options = /Expected (?:--(\S+?)=)?(\S*) to be one of: (.+)/.exec(text);
  if (options)
    return say(
      `${options[2]} kan ikke bruges${options[1] ? ` til --${options[1]}` : ''}. Vælg blandt: ${options[3]}.`,
      `${options[2]} cannot be used${options[1] ? ` for --${options[1]}` : ''}. Choose one of: ${options[3]}.`,
    );
  const whole = /Expected an integer.*?but received: (.*)/.exec(text);
  if (whole)
    return say(
      `${whole[1]} er ikke et helt tal, der kan bruges her.`,
      `${whole[1]} is not a whole number that fits here.`,
    );
  const one = /Exactly one of the following must be provided: (.+)/.exec(text);
  if (one) return say(`Brug præcis én af: ${one[1]}.`, `Use exactly one of: ${one[1]}.`);
  const all = /All of the following must be provided when using (--\S+): (.+)/.exec(text);
  if (all) return say(`${all[1]} kræver også ${all[2]}.`, `${all[1]} needs ${all[2]} as well.`);
  const both = /(--\S+?)(?:=\S+)? cannot also be provided when using (--\S+)/.exec(text);
  if (both)
    return say(
      `${both[1]} og ${both[2]} kan ikke bruges sammen.`,
      `${both[1]} and ${both[2]} cannot be used together.`,
    );
  return text.replace(/\s+/g, ' ');
}
