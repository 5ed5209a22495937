import { operationsRoutes } from '@naer/core/contract/operations';
import type { z } from 'zod';
import { shortId } from '../../actions/short-ids.ts';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { column } from '../../ui/table.ts';
import { shortMoment } from '../../ui/time.ts';
import { outboxWords, word } from '../../ui/words.ts';

type Message = z.output<typeof operationsRoutes.listOutbox.reply>['items'][number];

export default class OutboxList extends NaerCommand {
  static override summary = say(
    'Vis beskeder, der ikke kunne sendes',
    'List messages that could not be sent',
  );
  static override flags = { ...listFlags, state: choice(outboxWords, say('I denne stand', 'In this state')) };
  static override examples = ['naer outbox list', 'naer outbox list --state pending'];

  async run() {
    const { flags } = await this.parse(OutboxList);
    const state = pick(outboxWords, flags.state, '--state');
    const columns = [
      column(
        say('Nr.', 'No.'),
        'id',
        (message: Message) => shortId(message.id),
        (message: Message) => message.id,
      ),
      column(say('Slags', 'Kind'), 'kind', (message: Message) => message.kind),
      column(
        say('Stand', 'State'),
        'state',
        (message: Message) => word(outboxWords, message.state),
        (message: Message) => message.state,
      ),
      {
        ...column(
          say('Forsøg', 'Tries'),
          'attempts',
          (message: Message) => String(message.attempts),
          (message: Message) => message.attempts,
        ),
        align: 'right',
      } as const,
      column(
        say('Næste', 'Next'),
        'nextAttemptAt',
        (message: Message) => shortMoment(message.nextAttemptAt),
        (message: Message) => message.nextAttemptAt,
      ),
      column(say('Fejl', 'Error'), 'lastError', (message: Message) => message.lastError ?? ''),
    ];
    return this.list(flags, columns, (page) =>
      this.call(operationsRoutes.listOutbox, { query: { ...page, state } }),
    );
  }
}
