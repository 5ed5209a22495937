import { citizensRoutes } from '@naer/core/contract/citizens';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { citizenCard, codeArg, factFlags, factInput } from '../../ui/citizens.ts';

export default class CitizensChange extends CitizensCommand {
  static override summary = say('Ret det, man ved om en borger', 'Change what is known of a citizen');
  static override description = say(
    'Kun det, du nævner, ændres. En tom tekst sletter feltet.',
    'Only what you name changes. An empty text clears the field.',
  );
  static override args = { code: codeArg };
  static override flags = factFlags();
  static override examples = [
    'naer citizens change B-7KQ25 --connection good',
    say('naer citizens change B-7KQ25 --met "i går"', 'naer citizens change B-7KQ25 --met yesterday'),
  ];

  async run() {
    const { args, flags } = await this.parse(CitizensChange);
    const body = factInput(flags, (phrase) => this.day(phrase));
    const citizen = await this.call(citizensRoutes.change, { params: { code: args.code }, body });
    this.log(citizenCard(citizen));
    return citizen;
  }
}
