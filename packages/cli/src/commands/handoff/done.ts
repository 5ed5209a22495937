import { handOffRoutes } from '@naer/core/contract/hand-off';
import { Flags } from '@oclif/core';
import { say } from '../../language.ts';
import { stateText } from '../../ui/hand-off.ts';
import { visitArg } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class HandOffDone extends VisitsCommand {
  static override summary = say('Teksten er sat ind i fagsystemet', 'The text is in the case system');
  static override args = { visit: visitArg };
  static override flags = {
    revision: Flags.integer({
      summary: say('Den udgave, der blev sat ind', 'The revision that was pasted'),
      min: 1,
      helpValue: 'N',
    }),
  };
  static override examples = ['naer handoff done 3f0c2a52'];

  async run() {
    const { args, flags } = await this.parse(HandOffDone);
    const { id } = await this.findVisit(args.visit, 'handed');
    const handed = await this.call(handOffRoutes.markByHand, {
      params: { id },
      body: { revision: flags.revision },
    });
    this.log(`${handed.citizen}: ${stateText(handed)}.`);
    return handed;
  }
}
