import { citizensRoutes } from '@naer/core/contract/citizens';
import { Flags } from '@oclif/core';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { identityReasonFlag } from '../../ui/citizens.ts';

export default class CitizensFind extends CitizensCommand {
  static override summary = say(
    'Find koden til en borger; det logges',
    "Find a citizen's code; it is logged",
  );
  static override flags = {
    phone: Flags.string({
      summary: say('Ud fra telefonnummer', 'By telephone number'),
      exactlyOne: ['phone', 'reference'],
    }),
    reference: Flags.string({ summary: say('Ud fra sagsnummer', 'By reference') }),
    reason: identityReasonFlag,
  };
  static override examples = [
    'naer citizens find --phone 20000000 --reason contact',
    'naer citizens find --reference 100299 --reason visit',
  ];

  async run() {
    const { flags } = await this.parse(CitizensFind);
    const reason = await this.identityReason(flags.reason);
    const found = await this.call(citizensRoutes.find, {
      body: { phone: flags.phone, reference: flags.reference, reason },
    });
    this.log(found.codes.length > 0 ? found.codes.join('\n') : say('Ingen fundet.', 'Nobody found.'));
    if (found.codes.length === 0) this.negative();
    return found;
  }
}
