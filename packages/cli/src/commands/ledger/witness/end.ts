import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../../base-command.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { say } from '../../../language.ts';

export default class LedgerWitnessEnd extends NaerCommand {
  static override summary = say(
    'Tag ikke længere imod et vidnes medunderskrifter',
    'Take no more cosignatures of a witness',
  );
  static override description = say(
    'De medunderskrifter, der er givet, bliver stående.',
    'The cosignatures that were given stay.',
  );
  static override args = {
    witness: Args.string({
      required: true,
      description: say('Navn, eller nummer fra listen', 'Its name, or its number in the list'),
    }),
  };
  static override examples = ['naer ledger witness end revision.example/w1'];

  async run() {
    const { args } = await this.parse(LedgerWitnessEnd);
    const { items } = await this.call(ledgerRoutes.listWitnesses, {});
    const wanted = args.witness.trim().toLowerCase();
    const found = items.filter(
      ({ id, name, endedAt }) =>
        endedAt === null && (name.toLowerCase() === wanted || (wanted.length >= 4 && id.startsWith(wanted))),
    );
    const [only] = found;
    if (only === undefined || found.length > 1) {
      const known = items.filter(({ endedAt }) => endedAt === null).map(({ name }) => name);
      throw new CliError('witness_unknown', { witness: args.witness, known: known.join(', ') || '–' });
    }
    const ended = await this.call(ledgerRoutes.endWitness, { params: { id: only.id } });
    this.log(say(`${ended.name} er ikke længere vidne.`, `${ended.name} is no longer a witness.`));
    return ended;
  }
}
