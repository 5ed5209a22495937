import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../../base-command.ts';
import { say } from '../../../language.ts';

export default class LedgerWitnessTrust extends NaerCommand {
  static override summary = say('Tag imod et vidnes medunderskrifter', 'Take the cosignatures of a witness');
  static override args = {
    key: Args.string({
      required: true,
      description: say('Vidnets offentlige nøgle', "The witness's public key"),
    }),
  };
  static override examples = ['naer ledger witness trust "revision.example/w1+9d3ba6e0+BGq5v6fv…"'];

  async run() {
    const { args } = await this.parse(LedgerWitnessTrust);
    const witness = await this.call(ledgerRoutes.trustWitness, { body: { verifierKey: args.key.trim() } });
    this.log(
      say(
        `${witness.name} er vidne. Lav en anmodning med »naer ledger witness ask --for ${witness.name}«.`,
        `${witness.name} is a witness. Make a request with "naer ledger witness ask --for ${witness.name}".`,
      ),
    );
    return witness;
  }
}
