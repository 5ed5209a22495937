import { ledgerRoutes } from '@naer/core/contract/ledger';
import { listFlags, NaerCommand } from '../../../base-command.ts';
import { say } from '../../../language.ts';
import { witnessColumns } from '../../../ui/ledger.ts';

export default class LedgerWitnessList extends NaerCommand {
  static override summary = say('Hvis medunderskrifter der tages imod', 'Whose cosignatures are taken');
  static override flags = { csv: listFlags.csv };
  static override examples = ['naer ledger witness list'];

  async run() {
    const { flags } = await this.parse(LedgerWitnessList);
    const { items } = await this.call(ledgerRoutes.listWitnesses, {});
    this.show(flags, items, witnessColumns());
    return items;
  }
}
