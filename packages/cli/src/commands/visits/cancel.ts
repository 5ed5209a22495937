import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { say } from '../../language.ts';
import { askChoice, choice, choices, pick } from '../../ui/choices.ts';
import { cancellerWords, cancelReasonWords } from '../../ui/visit-words.ts';
import { visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsCancel extends VisitsCommand {
  static override summary = say('Aflys et besøg', 'Cancel a visit');
  static override description = say(
    'Alt, det holdt, er frit igen. Med en borgers kode: det næste besøg.',
    "All that it held is free again. With a citizen's code: the next visit.",
  );
  static override args = { visit: visitArg };
  static override flags = {
    by: Flags.string(choices(cancellerWords, say('Hvem der aflyste', 'Who cancelled'))),
    reason: choice(cancelReasonWords, say('Grund', 'Reason')),
  };
  static override examples = [
    'naer visits cancel B-7KQ25 --by citizen --reason illness',
    'naer visits cancel 3f0c2a52 --by worker --reason course-or-meeting',
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsCancel);
    const by = await askChoice(cancellerWords, flags.by, {
      question: say('Hvem aflyste?', 'Who cancelled?'),
      what: say('hvem der aflyste', 'who cancelled'),
      option: '--by',
    });
    const reason = pick(cancelReasonWords, flags.reason, '--reason');
    const { id } = await this.findVisit(args.visit, 'coming');
    const visit = await this.call(visitsRoutes.cancel, { params: { id }, body: { by, reason } });
    this.log(visitCard(visit));
    return visit;
  }
}
