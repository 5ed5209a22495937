import { plansRoutes } from '@naer/core/contract/plans';
import { Flags } from '@oclif/core';
import { readWeek } from '../../actions/days.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { planArg, wordFlag } from '../../ui/plans.ts';
import { anywayFlag } from '../../ui/visits.ts';

export default class PlansStep extends PlansCommand {
  static override summary = say(
    'Gå til næste trin, eller bliv lidt endnu',
    'Go on to the next step, or stay a while',
  );
  static override args = { plan: planArg };
  static override flags = {
    from: Flags.string({
      summary: say('Fra denne uge; ellers den næste', 'From this week; else the next'),
      helpValue: say('UGE', 'WEEK'),
    }),
    stay: Flags.integer({
      summary: say('Bliv i stedet så mange uger', 'Stay so many weeks instead'),
      min: 1,
      max: 52,
      helpValue: say('UGER', 'WEEKS'),
    }),
    ...wordFlag,
    ...anywayFlag,
  };
  static override examples = [
    'naer plans step B-7KQ25 --word agreed',
    'naer plans step B-7KQ25 --stay 2 --word own-wish',
  ];

  async run() {
    const { args, flags } = await this.parse(PlansStep);
    const fromWeek = flags.from === undefined ? undefined : readWeek(flags.from, new Date());
    const word = await this.citizensWord(flags.word);
    const { id } = await this.findPlan(args.plan);
    const plan = await this.heeding(flags, (acknowledge) =>
      this.call(plansRoutes.step, {
        params: { id },
        body: { fromWeek, stayWeeks: flags.stay, word, acknowledge },
      }),
    );
    await this.showPlan(plan);
    return plan;
  }
}
