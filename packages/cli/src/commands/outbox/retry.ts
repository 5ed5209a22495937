import { operationsRoutes } from '@naer/core/contract/operations';
import { Args } from '@oclif/core';
import { isId, matchId } from '../../actions/short-ids.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';

export default class OutboxRetry extends NaerCommand {
  static override summary = say('Prøv en opgivet besked igen', 'Try a dead message again');
  static override args = {
    message: Args.string({
      required: true,
      description: say('Nummeret fra »naer outbox list«', 'The number from "naer outbox list"'),
    }),
  };
  static override examples = ['naer outbox retry 3f0c2a52'];

  async run() {
    const { args } = await this.parse(OutboxRetry);
    const dead = () => this.all((page) => this.call(operationsRoutes.listOutbox, { query: page }));
    const id = isId(args.message)
      ? args.message
      : matchId(
          (await dead()).map((message) => message.id),
          args.message,
        );
    const message = await this.call(operationsRoutes.retryOutbox, { params: { id } });
    this.log(say('Beskeden er sat i kø igen.', 'The message is queued again.'));
    return message;
  }
}
