import { citizensRoutes } from '@naer/core/contract/citizens';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { codeArg, identityFlags, identityInput } from '../../ui/citizens.ts';

export default class CitizensCorrect extends CitizensCommand {
  static override summary = say('Ret, hvem en borger er', 'Correct who a citizen is');
  static override description = say(
    'Kun det, du nævner, ændres. En tom tekst sletter telefon, e-mail eller adresse.',
    'Only what you name changes. An empty text clears telephone, e-mail or address.',
  );
  static override args = { code: codeArg };
  static override flags = identityFlags();
  static override examples = ['naer citizens correct B-7KQ25 --phone "20 00 00 00"'];

  async run() {
    const { args, flags } = await this.parse(CitizensCorrect);
    const citizen = await this.call(citizensRoutes.changeIdentity, {
      params: { code: args.code },
      body: identityInput(flags),
    });
    this.log(say(`${citizen.code} er rettet.`, `${citizen.code} has been corrected.`));
    return citizen;
  }
}
