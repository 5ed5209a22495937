import { plansRoutes } from '@naer/core/contract/plans';
import { Flags } from '@oclif/core';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { planColumns } from '../../ui/plans.ts';
import { citizenFlag, onlyWorkerFlag } from '../../ui/visits.ts';

export default class PlansList extends PlansCommand {
  static override summary = say('Vis planer', 'List plans');
  static override flags = {
    ...listFlags,
    citizen: citizenFlag,
    worker: onlyWorkerFlag,
    mine: Flags.boolean({ summary: say('Kun mine', 'Only mine'), exclusive: ['worker'] }),
    ended: Flags.boolean({ summary: say('De afsluttede', 'Those that have ended') }),
  };
  static override examples = ['naer plans list --mine', 'naer plans list --citizen B-7KQ25 --ended'];

  async run() {
    const { flags } = await this.parse(PlansList);
    const worker = flags.mine ? await this.ownInitials() : flags.worker;
    const query = {
      citizen: flags.citizen,
      worker,
      state: flags.ended ? ('ended' as const) : ('active' as const),
    };
    return this.list(flags, planColumns(), (page) =>
      this.call(plansRoutes.list, { query: { ...page, ...query } }),
    );
  }
}
