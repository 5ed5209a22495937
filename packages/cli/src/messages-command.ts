import { messagesRoutes } from '@naer/core/contract/messages';
import { isId, matchId } from './actions/short-ids.ts';
import { NaerCommand } from './base-command.ts';

/** Commands about one message find it by the number in the table. */
export abstract class MessagesCommand extends NaerCommand {
  protected async findMessage(text: string): Promise<string> {
    if (isId(text)) return text;
    const messages = await this.all((page) => this.call(messagesRoutes.list, { query: page }));
    return matchId(
      messages.map(({ id }) => id),
      text,
    );
  }
}
