import { importsRoutes } from '@naer/core/contract/imports';
import { Flags } from '@oclif/core';
import { ExportCommand } from '../../export-command.ts';
import { say } from '../../language.ts';
import { pick } from '../../ui/choices.ts';
import { identityReasonFlag } from '../../ui/citizens.ts';
import { identityReasonWords } from '../../ui/words.ts';

export default class CitizensExport extends ExportCommand {
  static override summary = say(
    'Skriv borgere som CSV, der kan indlæses igen',
    'Write citizens as CSV that import takes',
  );
  static override description = say(
    'Uden --identities er der kun koder. Med navne kræves en grund, og det logges.',
    'Without --identities there are codes only. With names a reason is needed, and it is logged.',
  );
  static override flags = {
    ...ExportCommand.flags,
    identities: Flags.boolean({
      summary: say('Med navn, telefon og sagsnummer', 'With name, telephone and reference'),
      dependsOn: ['reason'],
    }),
    reason: identityReasonFlag,
  };
  static override examples = [
    'naer citizens export borgere.csv',
    'naer citizens export borgere.csv --identities --reason data-subject-request',
  ];

  async run() {
    const { args, flags } = await this.parse(CitizensExport);
    const body = {
      identities: flags.identities,
      reason: pick(identityReasonWords, flags.reason, '--reason'),
    };
    return this.save(args.file, flags, async () =>
      (await this.client()).open(importsRoutes.exportCitizens, { body }),
    );
  }
}
