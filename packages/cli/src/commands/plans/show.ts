import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { planArg } from '../../ui/plans.ts';

export default class PlansShow extends PlansCommand {
  static override summary = say('Vis en plan', 'Show a plan');
  static override args = { plan: planArg };
  static override examples = ['naer plans show B-7KQ25', 'naer plans show 3f0c2a52'];

  async run() {
    const { args } = await this.parse(PlansShow);
    const plan = await this.findPlan(args.plan);
    await this.showPlan(plan, { changes: true });
    return plan;
  }
}
