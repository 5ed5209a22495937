import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Flags } from '@oclif/core';
import { readPlace } from '../../../actions/verifier-keys.ts';
import { NaerCommand } from '../../../base-command.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { say } from '../../../language.ts';
import { saveText } from '../../../ui/downloads.ts';
import { outFlag } from '../../../ui/ledger.ts';

export default class LedgerWitnessAsk extends NaerCommand {
  static override summary = say('En anmodning til et vidne', 'A request to a witness');
  static override description = say(
    'Filen holder det seneste underskrevne punkt og beviset fra det, vidnet sidst så (C2SP tlog-witness). Send den til vidnet.',
    'The file holds the latest signed checkpoint and the proof from what the witness last saw (C2SP tlog-witness). Send it to the witness.',
  );
  static override flags = {
    for: Flags.string({
      summary: say(
        'Til dette vidne: fra det, det sidst medunderskrev',
        'For this witness: from what it last cosigned',
      ),
      helpValue: say('NAVN', 'NAME'),
      exclusive: ['from'],
    }),
    from: Flags.string({
      summary: say('Fra denne størrelse (ellers 0)', 'From this size (else 0)'),
      helpValue: 'N',
    }),
    size: Flags.string({
      summary: say('Til denne størrelse (ellers det seneste)', 'To this size (else the latest)'),
      helpValue: 'N',
    }),
    ...outFlag,
  };
  static override examples = [
    'naer ledger witness ask --for revision.example/w1 --out anmodning.txt',
    'naer ledger witness ask --from 1000',
  ];

  async run() {
    const { flags } = await this.parse(LedgerWitnessAsk);
    const from =
      flags.for !== undefined
        ? await this.#lastSeen(flags.for)
        : flags.from === undefined
          ? '0'
          : readPlace(flags.from, '--from');
    const size = flags.size === undefined ? undefined : readPlace(flags.size, '--size');
    const asked = await this.call(ledgerRoutes.askWitness, { query: { from, size } });
    if (flags.out === undefined) this.log(asked.request.trimEnd());
    else {
      await saveText(flags.out, asked.request);
      this.log(
        say(
          `Skrevet til ${flags.out}. Send den til vidnet, og tilføj svaret med »naer ledger witness add«.`,
          `Written to ${flags.out}. Send it to the witness, and add the answer with "naer ledger witness add".`,
        ),
      );
    }
    return asked;
  }

  /** The size of the latest checkpoint that a witness cosigned, as far as we know. */
  async #lastSeen(name: string): Promise<string> {
    const { items } = await this.call(ledgerRoutes.listWitnesses, {});
    const trusted = items.filter(({ endedAt }) => endedAt === null);
    const witness = trusted.find((each) => each.name.toLowerCase() === name.trim().toLowerCase());
    if (witness === undefined) {
      const known = trusted.map((each) => each.name).join(', ') || '–';
      throw new CliError('witness_unknown', { witness: name, known });
    }
    return witness.cosignedSize ?? '0';
  }
}
