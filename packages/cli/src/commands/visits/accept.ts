import { visitsRoutes } from '@naer/core/contract/visits';
import { say } from '../../language.ts';
import { visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsAccept extends VisitsCommand {
  static override summary = say('Sig ja til den foreslåede tid', 'Accept the proposed time');
  static override args = { visit: visitArg };
  static override examples = ['naer visits accept B-7KQ25', 'naer visits accept 3f0c2a52'];

  async run() {
    const { args } = await this.parse(VisitsAccept);
    const { id } = await this.findVisit(args.visit, 'proposed');
    const visit = await this.call(visitsRoutes.accept, { params: { id } });
    this.log(visitCard(visit));
    return visit;
  }
}
