import { programmeRoutes } from '@naer/core/contract/programme';
import { Args } from '@oclif/core';
import { readTextFile } from '../../actions/text-files.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { monthText } from '../../ui/figures.ts';
import { programmeFlag } from '../../ui/programme.ts';

export default class ProgrammeReceive extends ProgrammeCommand {
  static override summary = say('Tag et bidrag ind', 'Take a contribution in');
  static override args = {
    file: Args.string({
      required: true,
      description: say('Bidraget; - er standard-input', 'The contribution; - is standard input'),
    }),
  };
  static override flags = { ...programmeFlag };
  static override examples = ['naer programme receive sydby-2026-10.age'];

  async run() {
    const { args, flags } = await this.parse(ProgrammeReceive);
    const file = await readTextFile(args.file);
    const { id } = await this.findProgramme(flags.programme, 'lead');
    const received = await this.call(programmeRoutes.receive, { params: { id }, body: { file } });
    this.log(
      say(
        `Modtaget: ${received.member}, ${monthText(received.month)}.`,
        `Received: ${received.member}, ${monthText(received.month)}.`,
      ),
    );
    return received;
  }
}
