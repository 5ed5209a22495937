import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Args } from '@oclif/core';
import { readLinesFile } from '../../../actions/text-files.ts';
import { NaerCommand } from '../../../base-command.ts';
import { say } from '../../../language.ts';
import { entriesText } from '../../../ui/ledger.ts';

export default class LedgerWitnessAdd extends NaerCommand {
  static override summary = say('Tilføj et vidnes medunderskrift', 'Add the cosignature of a witness');
  static override args = {
    file: Args.string({
      required: true,
      description: say('Vidnets svar; - er standard-input', "The witness's answer; - is standard input"),
    }),
  };
  static override examples = ['naer ledger witness add svar.txt'];

  async run() {
    const { args } = await this.parse(LedgerWitnessAdd);
    const note = await readLinesFile(args.file);
    const checkpoint = await this.call(ledgerRoutes.addCosignature, { body: { note } });
    const names = checkpoint.cosignedBy.join(', ');
    this.log(
      say(
        `Punktet på ${entriesText(checkpoint.size)} er medunderskrevet af ${names}.`,
        `The checkpoint of ${entriesText(checkpoint.size)} is cosigned by ${names}.`,
      ),
    );
    return checkpoint;
  }
}
