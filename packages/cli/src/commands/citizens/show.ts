import { citizensRoutes } from '@naer/core/contract/citizens';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { citizenCard, codeArg } from '../../ui/citizens.ts';

export default class CitizensShow extends NaerCommand {
  static override summary = say('Vis en borger uden navn', 'Show a citizen without the name');
  static override args = { code: codeArg };
  static override examples = ['naer citizens show B-7KQ25'];

  async run() {
    const { args } = await this.parse(CitizensShow);
    const citizen = await this.call(citizensRoutes.show, { params: { code: args.code } });
    this.log(citizenCard(citizen));
    return citizen;
  }
}
