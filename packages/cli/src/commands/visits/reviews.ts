import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { reviewColumns } from '../../ui/reviews.ts';
import { onlyWorkerFlag } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsReviews extends VisitsCommand {
  static override summary = say('Hvem der kun mødes på video', 'Who meets by video alone');
  static override description = say(
    'De borgere, som kommunens regel beder om et svar for. Svar med »naer visits review«.',
    'The citizens whom the rule of the municipality asks an answer for. Answer with "naer visits review".',
  );
  static override flags = {
    csv: listFlags.csv,
    worker: onlyWorkerFlag,
    mine: Flags.boolean({ summary: say('Kun mine', 'Only mine'), exclusive: ['worker'] }),
    all: Flags.boolean({ summary: say('Også dem, der er svaret for', 'Also those answered for') }),
  };
  static override examples = ['naer visits reviews --mine', 'naer visits reviews --all --csv'];

  async run() {
    const { flags } = await this.parse(VisitsReviews);
    const worker = flags.mine ? await this.ownInitials() : flags.worker;
    const query = { worker, all: flags.all ? ('true' as const) : ('false' as const) };
    const { items } = await this.call(visitsRoutes.listReviews, { query });
    this.show(flags, items, reviewColumns());
    return items;
  }
}
