import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { readPeriod } from '../../actions/times.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { channelWords, visitStateWords } from '../../ui/visit-words.ts';
import { citizenFlag, onlyWorkerFlag, visitColumns } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsList extends VisitsCommand {
  static override summary = say('Find besøg', 'Find visits');
  static override description = say(
    'Uden --on og --all vises alt fra i dag og frem.',
    'Without --on and --all it shows everything from today on.',
  );
  static override flags = {
    ...listFlags,
    on: Flags.string({
      summary: say('Hvornår: "i dag", "tirsdag uge 48"', 'When: "today", "tuesday week 48"'),
      helpValue: say('TID', 'TIME'),
      exclusive: ['all'],
    }),
    all: Flags.boolean({ summary: say('Også alt, der er gået', 'All that is over, too') }),
    citizen: citizenFlag,
    worker: onlyWorkerFlag,
    mine: Flags.boolean({ summary: say('Kun mine', 'Only mine'), exclusive: ['worker'] }),
    channel: choice(channelWords, say('Kun på denne måde', 'Only by this channel')),
    state: choice(visitStateWords, say('Kun i denne stand', 'Only in this state')),
  };
  static override examples = [
    'naer visits list --mine',
    'naer visits list --citizen B-7KQ25 --all',
    say('naer visits list --on "i går" --state futile', 'naer visits list --on yesterday --state futile'),
  ];

  async run() {
    const { flags } = await this.parse(VisitsList);
    const now = new Date();
    const period =
      flags.on === undefined ? { from: readPeriod('i dag', now).from } : readPeriod(flags.on, now);
    const query = {
      ...(flags.all ? {} : period),
      citizen: flags.citizen,
      worker: flags.mine ? await this.ownInitials() : flags.worker,
      channel: pick(channelWords, flags.channel, '--channel'),
      state: pick(visitStateWords, flags.state, '--state'),
    };
    return this.list(flags, visitColumns({ day: true, now }), (page) =>
      this.call(visitsRoutes.list, { query: { ...page, ...query } }),
    );
  }
}
