import { citizensRoutes } from '@naer/core/contract/citizens';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { codeArg, identityReasonFlag } from '../../ui/citizens.ts';
import { oneLine, renderCard } from '../../ui/table.ts';

export default class CitizensIdentity extends CitizensCommand {
  static override summary = say('Læs, hvem en borger er; det logges', 'Read who a citizen is; it is logged');
  static override args = { code: codeArg };
  static override flags = { reason: identityReasonFlag };
  static override examples = ['naer citizens identity B-7KQ25 --reason visit'];

  async run() {
    const { args, flags } = await this.parse(CitizensIdentity);
    const reason = await this.identityReason(flags.reason);
    const identity = await this.call(citizensRoutes.readIdentity, {
      params: { code: args.code },
      body: { reason },
    });
    this.log(
      renderCard([
        [say('Sagsnummer', 'Reference'), identity.reference],
        [say('Navn', 'Name'), oneLine(identity.name)],
        [say('Telefon', 'Telephone'), identity.phone ?? ''],
        ['E-mail', identity.email ?? ''],
        [say('Adresse', 'Address'), oneLine(identity.address ?? '')],
      ]),
    );
    return identity;
  }
}
