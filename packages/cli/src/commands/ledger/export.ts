import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Args, Flags } from '@oclif/core';
import { readPlace } from '../../actions/verifier-keys.ts';
import { NaerCommand } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { saveAnswer } from '../../ui/downloads.ts';

export default class LedgerExport extends NaerCommand {
  static override summary = say('Hent hele loggen i én fil', 'Download the whole log in one file');
  static override description = say(
    'En tar med poster, træ, underskrevne punkter og nøgler, som kan efterprøves hvor som helst med »naer ledger verify«.',
    'A tar of entries, tree, signed checkpoints and keys, to be verified anywhere with "naer ledger verify".',
  );
  static override args = {
    file: Args.string({
      required: true,
      description: say('Ny fil; - er standard-output', 'A new file; - is standard output'),
    }),
  };
  static override flags = {
    size: Flags.string({
      summary: say('Kun så langt (ellers det seneste punkt)', 'Only so far (else the latest checkpoint)'),
      helpValue: 'N',
    }),
    force: Flags.boolean({
      summary: say('Overskriv filen, hvis den findes', 'Overwrite the file if it exists'),
    }),
  };
  static override examples = ['naer ledger export log.tar', 'naer ledger export log.tar --size 12000'];

  async run() {
    const { args, flags } = await this.parse(LedgerExport);
    const size = flags.size === undefined ? undefined : readPlace(flags.size, '--size');
    const file = args.file === '-' ? undefined : args.file;
    if (file === undefined && this.jsonEnabled()) throw new CliError('export_needs_file');
    const bytes = await saveAnswer(file, flags, async () =>
      (await this.client()).open(ledgerRoutes.export, { query: { size } }),
    );
    if (bytes === null) return undefined;
    this.log(
      say(
        `Skrevet til ${file}. Efterprøv den med »naer ledger verify ${file} --key NØGLE«.`,
        `Written to ${file}. Verify it with "naer ledger verify ${file} --key KEY".`,
      ),
    );
    return { file: args.file, bytes };
  }
}
