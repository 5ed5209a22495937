import { ApiError } from '@naer/core/client';
import { handOffRoutes } from '@naer/core/contract/hand-off';
import { Flags } from '@oclif/core';
import { writeNewFile } from '../../actions/files.ts';
import { readPeriod } from '../../actions/times.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { quoted } from '../../ui/shell.ts';
import { ask } from '../../ui/terminal.ts';

export default class HandOffExport extends NaerCommand {
  static override summary = say(
    'En fil til fagsystemet med alt, der venter',
    'A file for the case system of all that waits',
  );
  static override description = say(
    'Det, der er i filen, tæller som overdraget og kommer ikke med igen; samme fil fås igen med --batch.',
    'What is in the file counts as handed off and does not come again; the same file is had again with --batch.',
  );
  static override flags = {
    out: Flags.string({
      summary: say('Ny fil, som kun du kan læse', 'A new file that only you can read'),
      helpValue: say('FIL', 'FILE'),
    }),
    format: Flags.string({
      summary: say('Filens form (ellers csv)', 'Form of the file (else csv)'),
      options: ['csv', 'json'],
      helpValue: 'csv|json',
    }),
    until: Flags.string({
      summary: say('Kun besøg til og med da', 'Only visits until then'),
      helpValue: say('TID', 'TIME'),
    }),
    batch: Flags.string({
      summary: say('Samme fil som den gang', 'The same file as that time'),
      helpValue: 'ID',
    }),
    force: Flags.boolean({
      summary: say('Overskriv filen, hvis den findes', 'Overwrite the file if it exists'),
    }),
  };
  static override examples = [
    'naer handoff export --out fagsystem.csv',
    say(
      'naer handoff export --out fagsystem.json --format json --until "i går"',
      'naer handoff export --out fagsystem.json --format json --until yesterday',
    ),
  ];

  async run() {
    const { flags } = await this.parse(HandOffExport);
    const out =
      flags.out ??
      (await ask(say('Filens navn:', 'Name of the file:'), {
        what: say('filen', 'the file'),
        flag: '--out fagsystem.csv',
      }));
    const batch = flags.batch ?? crypto.randomUUID();
    const until = flags.until === undefined ? undefined : readPeriod(flags.until, new Date()).to;
    const format = flags.format === 'json' ? ('json' as const) : ('csv' as const);
    // Made before anything is asked for: should the answer be lost on its way, the same file can be had again.
    const again = `naer handoff export --out ${quoted(out)} --format ${format} --batch ${batch}`;
    let mayBeHandedOff = false;
    const open = async () => {
      mayBeHandedOff = true;
      const answer = await (await this.client()).open(handOffRoutes.exportBatch, {
        body: { id: batch, format, until },
      });
      return answer.body ?? noBytes();
    };
    try {
      const bytes = await writeNewFile(out, open, flags);
      this.log(
        say(`Skrevet til ${out}, som kun du kan læse.`, `Written to ${out}, which only you can read.`),
      );
      return { file: out, bytes, batch };
    } catch (error) {
      // What the service refused was not handed off, so there is no file to ask for again.
      if (error instanceof ApiError && error.problem.status < 500) mayBeHandedOff = false;
      throw error;
    } finally {
      if (mayBeHandedOff) this.note(say(`Samme fil igen: ${again}`, `The same file again: ${again}`));
    }
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
