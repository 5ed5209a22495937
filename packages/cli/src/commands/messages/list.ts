import { messageStateWords } from '@naer/core/contract/call-words';
import { messagesRoutes } from '@naer/core/contract/messages';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { messageColumns } from '../../ui/messages.ts';
import { citizenFlag } from '../../ui/visits.ts';

export default class MessagesList extends NaerCommand {
  static override summary = say(
    'Beskeder til borgere: sendt, på vej og opgivet',
    'Messages to citizens: sent, on their way and given up',
  );
  static override description = say(
    'Hvad der står i dem, vises aldrig her.',
    'What they say is never shown here.',
  );
  static override flags = {
    ...listFlags,
    state: choice(messageStateWords, say('Kun i denne stand', 'Only in this state')),
    citizen: citizenFlag,
  };
  static override examples = ['naer messages list --citizen B-7KQ25', 'naer messages list --state failed'];

  async run() {
    const { flags } = await this.parse(MessagesList);
    const query = { state: pick(messageStateWords, flags.state, '--state'), citizen: flags.citizen };
    return this.list(flags, messageColumns(), (page) =>
      this.call(messagesRoutes.list, { query: { ...page, ...query } }),
    );
  }
}
