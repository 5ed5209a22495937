import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { readDay } from '../../actions/times.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { overviewText } from '../../ui/visit-overview.ts';
import { overviewWorkerFlag, visitColumns } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsToday extends VisitsCommand {
  static override summary = say('Dagens besøg, og hvad der venter', "The day's visits, and what waits");
  static override flags = {
    csv: listFlags.csv,
    on: Flags.string({
      summary: say('En anden dag', 'Another day'),
      helpValue: say('"i morgen"', 'tomorrow'),
    }),
    worker: overviewWorkerFlag,
  };
  static override examples = [
    'naer visits today',
    say('naer visits today --on "i morgen"', 'naer visits today --on tomorrow'),
  ];

  async run() {
    const { flags } = await this.parse(VisitsToday);
    const now = new Date();
    const from = readDay(flags.on ?? 'i dag', now);
    const overview = await this.call(visitsRoutes.overview, { query: { from, worker: flags.worker } });
    if (flags.csv) this.show(flags, overview.visits, visitColumns({ day: true, now }));
    else this.log(overviewText(overview, now));
    return overview;
  }
}
