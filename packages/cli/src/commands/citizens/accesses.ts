import { citizensRoutes } from '@naer/core/contract/citizens';
import type { z } from 'zod';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { codeArg } from '../../ui/citizens.ts';
import { column } from '../../ui/table.ts';
import { shortMoment } from '../../ui/time.ts';
import { accessKindWords, identityReasonWords, word } from '../../ui/words.ts';

type Access = z.output<typeof citizensRoutes.listAccesses.reply>['items'][number];

export default class CitizensAccesses extends NaerCommand {
  static override summary = say('Vis, hvem der har læst en identitet', 'Show who has read an identity');
  static override args = { code: codeArg };
  static override flags = listFlags;
  static override examples = ['naer citizens accesses B-7KQ25'];

  async run() {
    const { args, flags } = await this.parse(CitizensAccesses);
    const columns = [
      column(
        say('Hvornår', 'When'),
        'at',
        (access: Access) => shortMoment(access.at),
        (access: Access) => access.at,
      ),
      column(say('Hvem', 'Who'), 'by', (access: Access) => access.by ?? ''),
      column(
        say('Hvad', 'What'),
        'kind',
        (access: Access) => word(accessKindWords, access.kind),
        (access: Access) => access.kind,
      ),
      column(
        say('Grund', 'Reason'),
        'reason',
        (access: Access) => word(identityReasonWords, access.reason),
        (access: Access) => access.reason,
      ),
    ];
    return this.list(flags, columns, (page) =>
      this.call(citizensRoutes.listAccesses, { params: { code: args.code }, query: page }),
    );
  }
}
