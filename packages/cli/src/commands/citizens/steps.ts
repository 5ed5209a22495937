import { citizensRoutes, type Step } from '@naer/core/contract/citizens';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { codeArg } from '../../ui/citizens.ts';
import { column } from '../../ui/table.ts';
import { dayText } from '../../ui/time.ts';
import { statusWords, stepReasonWords, word } from '../../ui/words.ts';

export default class CitizensSteps extends NaerCommand {
  static override summary = say('Vis forløbet indtil nu', 'Show the course so far');
  static override args = { code: codeArg };
  static override flags = listFlags;
  static override examples = ['naer citizens steps B-7KQ25'];

  async run() {
    const { args, flags } = await this.parse(CitizensSteps);
    const columns = [
      column(
        say('Dag', 'Day'),
        'on',
        (step: Step) => dayText(step.on),
        (step: Step) => step.on,
      ),
      column(
        say('Til', 'To'),
        'to',
        (step: Step) => word(statusWords, step.to),
        (step: Step) => step.to,
      ),
      column(
        say('Grund', 'Reason'),
        'reason',
        (step: Step) => word(stepReasonWords, step.reason),
        (step: Step) => step.reason,
      ),
      column(say('Af', 'By'), 'by', (step: Step) => step.by ?? ''),
    ];
    return this.list(flags, columns, () =>
      this.call(citizensRoutes.listSteps, { params: { code: args.code } }),
    );
  }
}
