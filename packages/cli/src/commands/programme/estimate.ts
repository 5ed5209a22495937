import { programmeRoutes } from '@naer/core/contract/programme';
import { Args } from '@oclif/core';
import { readPastDay } from '../../actions/past-days.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dateText, percentText } from '../../ui/figures.ts';
import { onFlag, programmeFlag } from '../../ui/programme.ts';

export default class ProgrammeEstimate extends ProgrammeCommand {
  static override summary = say(
    'Skriv jeres eget skøn over implementeringsgraden',
    'Record your own estimate of the degree of implementation',
  );
  static override description = say(
    'Skønnet står ved siden af den målte udbredelsesgrad og ændrer den aldrig.',
    'The estimate stands beside the measured rate and never changes it.',
  );
  static override args = {
    percent: Args.integer({ required: true, min: 0, max: 100, description: say('Procent', 'Per cent') }),
  };
  static override flags = { ...programmeFlag, ...onFlag };
  static override examples = ['naer programme estimate 20'];

  async run() {
    const { args, flags } = await this.parse(ProgrammeEstimate);
    const on = readPastDay(flags.on, new Date());
    const { id } = await this.findProgramme(flags.programme);
    const estimate = await this.call(programmeRoutes.estimate, {
      params: { id },
      body: { percent: args.percent, on },
    });
    const percent = percentText(estimate.percent);
    this.log(
      say(
        `Eget skøn ${percent}, ${dateText(estimate.on)}.`,
        `Own estimate ${percent}, ${dateText(estimate.on)}.`,
      ),
    );
    return estimate;
  }
}
