import { groundRulesRoutes } from '@naer/core/contract/ground-rules';
import { wallTime } from '../../actions/days.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { codeArg } from '../../ui/citizens.ts';
import { groundRulesCard } from '../../ui/ground-rules.ts';

export default class GroundRulesShow extends NaerCommand {
  static override summary = say(
    'Vis, hvad der er aftalt, hvis en samtale svigter',
    'Show what is agreed for a call that fails',
  );
  static override args = { code: codeArg };
  static override examples = ['naer ground-rules show B-7KQ25'];

  async run() {
    const { args } = await this.parse(GroundRulesShow);
    const rules = await this.call(groundRulesRoutes.show, { params: { code: args.code } });
    this.log(groundRulesCard(rules, wallTime(new Date()).day));
    return rules;
  }
}
