import { programmeRoutes } from '@naer/core/contract/programme';
import { Args, Flags } from '@oclif/core';
import { readDay } from '../../actions/times.ts';
import { counted, say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dateText } from '../../ui/figures.ts';
import { dayValue, programmeFlag } from '../../ui/programme.ts';

export default class ProgrammeTarget extends ProgrammeCommand {
  static override summary = say('Sæt målet pr. medarbejder', 'Set the target per worker');
  static override args = {
    citizens: Args.integer({
      required: true,
      min: 1,
      description: say('Borgere på video hver', 'Citizens by video each'),
    }),
  };
  static override flags = {
    ...programmeFlag,
    due: Flags.string({ summary: say('Til denne dag', 'By this day'), required: true, helpValue: dayValue }),
  };
  static override examples = ['naer programme target 2 --due 2026-10-31'];

  async run() {
    const { args, flags } = await this.parse(ProgrammeTarget);
    const due = readDay(flags.due, new Date());
    const { id } = await this.findProgramme(flags.programme);
    const target = await this.call(programmeRoutes.setTarget, {
      params: { id, due },
      body: { citizens: args.citizens },
    });
    const citizens = counted(target.citizens, ['borger', 'borgere'], ['citizen', 'citizens']);
    this.log(
      say(
        `Hver medarbejder: ${citizens} på video senest ${dateText(target.due)}.`,
        `Each worker: ${citizens} by video by ${dateText(target.due)}.`,
      ),
    );
    return target;
  }
}
