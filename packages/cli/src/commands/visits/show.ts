import { say } from '../../language.ts';
import { visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsShow extends VisitsCommand {
  static override summary = say('Vis et besøg', 'Show a visit');
  static override description = say(
    'Med en borgers kode: det næste besøg, ellers det sidste.',
    "With a citizen's code: the next visit, else the last.",
  );
  static override args = { visit: visitArg };
  static override examples = ['naer visits show 3f0c2a52', 'naer visits show B-7KQ25'];

  async run() {
    const { args } = await this.parse(VisitsShow);
    const visit = await this.findVisit(args.visit, 'shown');
    this.log(visitCard(visit));
    return visit;
  }
}
