import { handOffRoutes } from '@naer/core/contract/hand-off';
import { Flags } from '@oclif/core';
import { readPeriod } from '../../actions/times.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { handOffColumns } from '../../ui/hand-off.ts';
import { handOffWords } from '../../ui/visit-words.ts';
import { onlyWorkerFlag } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class HandOffList extends VisitsCommand {
  static override summary = say('Hvad der venter på fagsystemet', 'What waits for the case system');
  static override flags = {
    ...listFlags,
    state: choice(
      handOffWords,
      say('Kun i denne stand (ellers waiting)', 'Only in this state (else waiting)'),
    ),
    on: Flags.string({
      summary: say('Besøg i denne tid', 'Visits of this time'),
      helpValue: say('TID', 'TIME'),
    }),
    worker: onlyWorkerFlag,
    mine: Flags.boolean({ summary: say('Kun mine', 'Only mine'), exclusive: ['worker'] }),
  };
  static override examples = ['naer handoff list --mine', 'naer handoff list --state refused'];

  async run() {
    const { flags } = await this.parse(HandOffList);
    const query = {
      ...(flags.on === undefined ? {} : readPeriod(flags.on, new Date())),
      worker: flags.mine ? await this.ownInitials() : flags.worker,
      state: pick(handOffWords, flags.state, '--state'),
    };
    return this.list(flags, handOffColumns(), (page) =>
      this.call(handOffRoutes.list, { query: { ...page, ...query } }),
    );
  }
}
