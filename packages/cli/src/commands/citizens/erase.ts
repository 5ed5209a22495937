import { citizensRoutes } from '@naer/core/contract/citizens';
import { yesFlag } from '../../base-command.ts';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { choice } from '../../ui/choices.ts';
import { codeArg } from '../../ui/citizens.ts';
import { erasureReasonWords } from '../../ui/words.ts';

export default class CitizensErase extends CitizensCommand {
  static override summary = say('Slet en borgers identitet for altid', "Erase a citizen's identity for good");
  static override description = say(
    'Nøglen ødelægges; ingen kan gøre det om.',
    'The key is destroyed; nobody can undo it.',
  );
  static override args = { code: codeArg };
  static override flags = { ...yesFlag, reason: choice(erasureReasonWords, say('Hvorfor', 'Why')) };
  static override examples = ['naer citizens erase B-7KQ25 --reason retention-expired'];

  async run() {
    const { args, flags } = await this.parse(CitizensErase);
    const reason = await this.reason(
      erasureReasonWords,
      flags.reason,
      say('Hvorfor slettes identiteten?', 'Why is the identity erased?'),
    );
    await this.confirm(
      flags,
      args.code,
      say(
        'Identiteten slettes for altid. Det kan ikke gøres om.',
        'The identity is erased for good. It cannot be undone.',
      ),
    );
    const citizen = await this.call(citizensRoutes.erase, { params: { code: args.code }, body: { reason } });
    this.log(
      say(
        `Identiteten bag ${citizen.code} er slettet.`,
        `The identity behind ${citizen.code} has been erased.`,
      ),
    );
    return citizen;
  }
}
