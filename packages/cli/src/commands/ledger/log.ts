import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Flags } from '@oclif/core';
import { readPlace } from '../../actions/verifier-keys.ts';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { checkpointColumns, leafColumns } from '../../ui/ledger.ts';

const usual = 50;

export default class LedgerLog extends NaerCommand {
  static override summary = say('Loggens poster i orden', 'The entries of the log in order');
  static override description = say(
    'Uden --from vises de seneste. --json giver hver post, som den er hashet; --checkpoints viser de underskrevne punkter, det seneste først.',
    'Without --from the latest are shown. --json gives each entry as it is hashed; --checkpoints shows the signed checkpoints, the latest first.',
  );
  static override flags = {
    ...listFlags,
    limit: Flags.integer({
      summary: say('Højst så mange (ellers 50)', 'At most this many (else 50)'),
      min: 1,
      helpValue: 'N',
    }),
    from: Flags.string({ summary: say('Fra denne post', 'From this entry'), helpValue: 'N' }),
    checkpoints: Flags.boolean({
      summary: say('De underskrevne punkter', 'The signed checkpoints'),
      exclusive: ['from'],
    }),
  };
  static override examples = [
    'naer ledger log',
    'naer ledger log --from 1000 --limit 200 --json',
    'naer ledger log --checkpoints',
  ];

  async run() {
    const { flags } = await this.parse(LedgerLog);
    const limit = flags.limit ?? usual;
    const wish = { csv: flags.csv, limit };
    if (flags.checkpoints)
      return this.list(wish, checkpointColumns(), (page) =>
        this.call(ledgerRoutes.listCheckpoints, { query: page }),
      );
    const from = flags.from === undefined ? await this.#latest(limit) : readPlace(flags.from, '--from');
    return this.list(wish, leafColumns(), (page) =>
      this.call(ledgerRoutes.listLeaves, { query: { ...page, from } }),
    );
  }

  async #latest(limit: number): Promise<string> {
    const { checkpoint } = await this.call(ledgerRoutes.head, {});
    const size = BigInt(checkpoint?.size ?? 0);
    return size > BigInt(limit) ? (size - BigInt(limit)).toString() : '0';
  }
}
