import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Args } from '@oclif/core';
import { readPlace } from '../../actions/verifier-keys.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { leafText } from '../../ui/ledger.ts';

export default class LedgerShow extends NaerCommand {
  static override summary = say('Vis en post', 'Show an entry');
  static override args = {
    index: Args.string({ required: true, description: say('Postens nummer', 'The number of the entry') }),
  };
  static override examples = ['naer ledger show 1042'];

  async run() {
    const { args } = await this.parse(LedgerShow);
    const index = readPlace(args.index, 'INDEX');
    const leaf = await this.call(ledgerRoutes.showLeaf, { params: { index } });
    this.log(leafText(leaf));
    return leaf;
  }
}
