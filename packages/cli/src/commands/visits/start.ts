import { visitsRoutes } from '@naer/core/contract/visits';
import { say } from '../../language.ts';
import { happenedFlag, visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsStart extends VisitsCommand {
  static override summary = say('Begynd et besøg', 'Begin a visit');
  static override description = say(
    'Blev et besøg fysisk undervejs, er det her, du siger, at du er fremme.',
    'Where a visit turned into one in person, this is how you say that you are there.',
  );
  static override args = { visit: visitArg };
  static override flags = { at: happenedFlag };
  static override examples = ['naer visits start B-7KQ25', 'naer visits start 3f0c2a52 --at 10.05'];

  async run() {
    const { args, flags } = await this.parse(VisitsStart);
    const found = await this.findVisit(args.visit, 'current');
    const at = this.happenedAt(flags.at, found);
    const visit = await this.call(visitsRoutes.start, { params: { id: found.id }, body: { at } });
    this.log(visitCard(visit));
    return visit;
  }
}
