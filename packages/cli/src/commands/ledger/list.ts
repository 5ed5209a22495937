import { ledgerRoutes } from '@naer/core/contract/ledger';
import { Flags } from '@oclif/core';
import type { z } from 'zod';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { column } from '../../ui/table.ts';

type Leaf = z.output<typeof ledgerRoutes.listLeaves.reply>['items'][number];

export default class LedgerList extends NaerCommand {
  static override summary = say('Vis hovedbogens blade', "List the ledger's leaves");
  static override description = say(
    'Hovedbogen er lang, så der vises 50 ad gangen: gå videre med --from.',
    'The ledger is long, so 50 are shown at a time: go on with --from.',
  );
  static override flags = {
    ...listFlags,
    limit: Flags.integer({
      summary: say('Højst så mange', 'At most this many'),
      min: 1,
      default: 50,
      helpValue: 'N',
    }),
    from: Flags.string({ summary: say('Fra dette blad', 'From this leaf'), default: '0', helpValue: 'N' }),
  };
  static override examples = ['naer ledger list', 'naer ledger list --from 1000 --limit 200 --json'];

  async run() {
    const { flags } = await this.parse(LedgerList);
    const columns = [
      { ...column(say('Blad', 'Leaf'), 'index', (leaf: Leaf) => leaf.index), align: 'right' } as const,
      column(
        say('Sum', 'Hash'),
        'leafHash',
        (leaf: Leaf) => leaf.leafHash.slice(0, 8),
        (leaf: Leaf) => leaf.leafHash,
      ),
      column(say('Indhold', 'Entry'), 'entry', (leaf: Leaf) => leaf.entry),
    ];
    return this.list(flags, columns, (page) =>
      this.call(ledgerRoutes.listLeaves, { query: { ...page, from: flags.from } }),
    );
  }
}
