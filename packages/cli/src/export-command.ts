import type { Answer } from '@naer/core/client';
import { Args, Flags } from '@oclif/core';
import { NaerCommand } from './base-command.ts';
import { CliError } from './errors/cli-error.ts';
import { say } from './language.ts';
import { saveAnswer } from './ui/downloads.ts';

/** `naer citizens|staff|rooms export [FILE]`: to standard output, or to a new file that only its writer can read. */
export abstract class ExportCommand extends NaerCommand {
  static override args = {
    file: Args.string({
      description: say('Ny fil; ellers standard-output', 'A new file; else standard output'),
    }),
  };
  static override flags = {
    force: Flags.boolean({
      summary: say('Overskriv filen, hvis den findes', 'Overwrite the file if it exists'),
    }),
  };

  protected async save(
    name: string | undefined,
    flags: { readonly force: boolean },
    open: () => Promise<Answer>,
  ) {
    if (name === undefined && this.jsonEnabled()) throw new CliError('export_needs_file');
    const bytes = await saveAnswer(name, flags, open);
    if (name === undefined || bytes === null) return undefined;
    this.log(
      say(`Skrevet til ${name}, som kun du kan læse.`, `Written to ${name}, which only you can read.`),
    );
    return { file: name, bytes };
  }
}
