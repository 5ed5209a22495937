import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { saveText } from '../../ui/downloads.ts';
import { programmeFlag } from '../../ui/programme.ts';

export default class ProgrammeInvite extends ProgrammeCommand {
  static override summary = say('Invitationen til et fælles program', 'The invitation to a joint programme');
  static override description = say(
    'En fil til hver kommune, der skal være med; den indeholder intet hemmeligt.',
    'A file for each municipality that is to take part; there is nothing secret in it.',
  );
  static override flags = {
    ...programmeFlag,
    out: Flags.string({
      summary: say('Ny fil; ellers standard-output', 'A new file; else standard output'),
      helpValue: say('FIL', 'FILE'),
    }),
  };
  static override examples = ['naer programme invite --out invitation.json'];

  async run() {
    const { flags } = await this.parse(ProgrammeInvite);
    const { id } = await this.findProgramme(flags.programme, 'lead');
    const invitation = await this.call(programmeRoutes.invitation, { params: { id } });
    const text = `${JSON.stringify(invitation, null, 2)}\n`;
    if (flags.out === undefined) this.log(text.trimEnd());
    else {
      await saveText(flags.out, text);
      this.log(say(`Skrevet til ${flags.out}.`, `Written to ${flags.out}.`));
    }
    return invitation;
  }
}
