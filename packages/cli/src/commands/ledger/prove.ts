import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Args, Flags } from '@oclif/core';
import { readPlace } from '../../actions/verifier-keys.ts';
import { NaerCommand } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { saveText } from '../../ui/downloads.ts';
import { outFlag } from '../../ui/ledger.ts';

export default class LedgerProve extends NaerCommand {
  static override summary = say(
    'Et bevis for en post, eller for at intet er skrevet om',
    'A proof of an entry, or that nothing was rewritten',
  );
  static override description = say(
    'Et bevis for en post er en tlog-proof, som »naer ledger verify« og andre værktøjer læser. Med --from: hasherne fra et mindre træ til et større, og det underskrevne punkt.',
    'A proof of an entry is a tlog-proof, which "naer ledger verify" and other tools read. With --from: the hashes from a smaller tree to a larger one, and the signed checkpoint.',
  );
  static override args = {
    index: Args.string({ description: say('Postens nummer', 'The number of the entry') }),
  };
  static override flags = {
    from: Flags.string({
      summary: say('Fra et træ af denne størrelse', 'From a tree of this size'),
      helpValue: 'N',
    }),
    size: Flags.string({
      summary: say(
        'I et træ af denne størrelse (ellers det seneste)',
        'In a tree of this size (else the latest)',
      ),
      helpValue: 'N',
    }),
    ...outFlag,
  };
  static override examples = [
    'naer ledger prove 1042 --out 1042.tlog-proof',
    'naer ledger prove --from 1000 --size 2000',
  ];

  async run() {
    const { args, flags } = await this.parse(LedgerProve);
    const size = flags.size === undefined ? undefined : readPlace(flags.size, '--size');
    if ((args.index === undefined) === (flags.from === undefined))
      throw new CliError('usage', {
        what: say('Brug enten en posts nummer eller --from.', 'Use either the number of an entry or --from.'),
        command: 'ledger prove',
      });
    if (args.index !== undefined) {
      const query = { index: readPlace(args.index, 'INDEX'), size };
      const proof = await this.call(ledgerRoutes.proveInclusion, { query });
      await this.#give(proof.proof, flags.out);
      return proof;
    }
    const query = { from: readPlace(flags.from ?? '', '--from'), size };
    const proof = await this.call(ledgerRoutes.proveConsistency, { query });
    // As a witness is asked (C2SP tlog-witness): a text that is known, rather than one of our own.
    const lines = [`old ${proof.from}`, ...proof.hashes].join('\n');
    await this.#give(`${lines}\n\n${proof.checkpoint.note}`, flags.out);
    return proof;
  }

  async #give(text: string, file: string | undefined): Promise<void> {
    if (file === undefined) return this.log(text.trimEnd());
    await saveText(file, text);
    this.log(say(`Skrevet til ${file}.`, `Written to ${file}.`));
  }
}
