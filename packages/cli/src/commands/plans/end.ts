import { plansRoutes } from '@naer/core/contract/plans';
import { Flags } from '@oclif/core';
import { readDay } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { planArg, wordFlag } from '../../ui/plans.ts';

export default class PlansEnd extends PlansCommand {
  static override summary = say('Afslut en plan', 'End a plan');
  static override description = say(
    'Besøgene efter den dag aflyses.',
    'The visits after that day are cancelled.',
  );
  static override args = { plan: planArg };
  static override flags = {
    on: Flags.string({
      summary: say('Sidste dag; ellers i dag', 'Its last day; else today'),
      helpValue: say('DAG', 'DAY'),
    }),
    ...wordFlag,
  };
  static override examples = [
    'naer plans end B-7KQ25 --word agreed',
    'naer plans end 3f0c2a52 --on 2026-12-18 --word own-wish',
  ];

  async run() {
    const { args, flags } = await this.parse(PlansEnd);
    const on = readDay(flags.on, new Date());
    const word = await this.citizensWord(flags.word);
    const { id } = await this.findPlan(args.plan);
    const plan = await this.call(plansRoutes.end, { params: { id }, body: { on, word } });
    await this.showPlan(plan);
    return plan;
  }
}
