import { messagesRoutes } from '@naer/core/contract/messages';
import { Args } from '@oclif/core';
import { say } from '../../language.ts';
import { MessagesCommand } from '../../messages-command.ts';
import { messageCard } from '../../ui/messages.ts';

export default class MessagesRetry extends MessagesCommand {
  static override summary = say('Prøv en opgivet besked igen', 'Try a message again that was given up');
  static override args = {
    message: Args.string({
      required: true,
      description: say(
        'Nummeret fra »naer messages list --state failed«',
        'The number from "naer messages list --state failed"',
      ),
    }),
  };
  static override examples = ['naer messages retry 3f0c2a52'];

  async run() {
    const { args } = await this.parse(MessagesRetry);
    const id = await this.findMessage(args.message);
    const message = await this.call(messagesRoutes.retry, { params: { id } });
    this.log(messageCard(message));
    return message;
  }
}
