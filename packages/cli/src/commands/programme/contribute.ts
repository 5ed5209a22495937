import { programmeRoutes } from '@naer/core/contract/programme';
import { Args, Flags } from '@oclif/core';
import { readMonth } from '../../actions/past-days.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { saveText } from '../../ui/downloads.ts';
import { monthText } from '../../ui/figures.ts';
import { programmeFlag } from '../../ui/programme.ts';

export default class ProgrammeContribute extends ProgrammeCommand {
  static override summary = say(
    'Lav månedens bidrag til det fælles program',
    "Make the month's contribution to the joint programme",
  );
  static override description = say(
    'Filen er underskrevet og krypteret til den, der leder; den kan sendes med almindelig post.',
    'The file is signed, and encrypted to the lead; it can go by ordinary mail.',
  );
  static override args = {
    month: Args.string({ required: true, description: say('Fx 2026-10', 'Such as 2026-10') }),
  };
  static override flags = {
    ...programmeFlag,
    out: Flags.string({
      summary: say('Ny fil; ellers standard-output', 'A new file; else standard output'),
      helpValue: say('FIL', 'FILE'),
    }),
  };
  static override examples = ['naer programme contribute 2026-10 --out nordby-2026-10.age'];

  async run() {
    const { args, flags } = await this.parse(ProgrammeContribute);
    const month = readMonth(args.month, new Date());
    const { id } = await this.findProgramme(flags.programme, 'member');
    const contribution = await this.call(programmeRoutes.contribute, { params: { id }, body: { month } });
    if (flags.out === undefined) this.log(contribution.file.trimEnd());
    else {
      await saveText(flags.out, contribution.file);
      const of = monthText(contribution.month);
      this.log(
        say(
          `Bidraget for ${of} er skrevet til ${flags.out}. Send den til den, der leder.`,
          `The contribution for ${of} is written to ${flags.out}. Send it to the lead.`,
        ),
      );
    }
    return contribution;
  }
}
