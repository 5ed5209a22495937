import { visitsRoutes } from '@naer/core/contract/visits';
import { say } from '../../language.ts';
import { askChoice, choice } from '../../ui/choices.ts';
import { failureStepWords } from '../../ui/visit-words.ts';
import { happenedFlag, visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsFail extends VisitsCommand {
  static override summary = say('Teknikken svigtede', 'Technology failed');
  static override description = say(
    'Det, der nåede at blive sagt, tæller. Følg op pr. telefon med »naer visits follow-up«.',
    'What was said until then counts. Follow up by phone with "naer visits follow-up".',
  );
  static override args = { visit: visitArg };
  static override flags = {
    step: choice(failureStepWords, say('Hvor det gik galt', 'Where it went wrong')),
    at: happenedFlag,
  };
  static override examples = ['naer visits fail B-7KQ25 --step no-sound'];

  async run() {
    const { args, flags } = await this.parse(VisitsFail);
    const step = await askChoice(failureStepWords, flags.step, {
      question: say('Hvor gik det galt?', 'Where did it go wrong?'),
      what: say('hvor det gik galt', 'where it went wrong'),
      option: '--step',
    });
    const found = await this.findVisit(args.visit, 'missed');
    const at = this.happenedAt(flags.at, found);
    const visit = await this.call(visitsRoutes.fail, { params: { id: found.id }, body: { step, at } });
    this.log(visitCard(visit));
    return visit;
  }
}
