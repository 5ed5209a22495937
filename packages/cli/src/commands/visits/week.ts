import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { mondayOf, readWeek } from '../../actions/days.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { overviewText } from '../../ui/visit-overview.ts';
import { overviewWorkerFlag, visitColumns } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsWeek extends VisitsCommand {
  static override summary = say('Ugens besøg på én side', "The week's visits on one page");
  static override flags = {
    csv: listFlags.csv,
    week: Flags.string({
      summary: say('En anden uge: 48, "næste uge"', 'Another week: 48, "next week"'),
      helpValue: say('UGE', 'WEEK'),
    }),
    worker: overviewWorkerFlag,
  };
  static override examples = ['naer visits week', 'naer visits week --week 48 --worker BM13'];

  async run() {
    const { flags } = await this.parse(VisitsWeek);
    const now = new Date();
    const from = mondayOf(readWeek(flags.week ?? 'denne uge', now));
    const query = { from, days: '7', worker: flags.worker };
    const overview = await this.call(visitsRoutes.overview, { query });
    if (flags.csv) this.show(flags, overview.visits, visitColumns({ day: true, now }));
    else this.log(overviewText(overview, now));
    return overview;
  }
}
