import { callsRoutes } from '@naer/core/contract/calls';
import { CallsCommand } from '../../calls-command.ts';
import { say } from '../../language.ts';
import { callCard, whoArg } from '../../ui/calls.ts';
import { visitArg } from '../../ui/visits.ts';

export default class CallsRevokeLink extends CallsCommand {
  static override summary = say('Gør et link ugyldigt', 'Make a link invalid');
  static override description = say(
    'Uden andet er det borgerens. Send et nyt med »naer calls send-link«.',
    'If nothing is said it is that of the citizen. Send a new one with "naer calls send-link".',
  );
  static override args = { visit: visitArg, who: whoArg };
  static override examples = [
    'naer calls revoke-link B-7KQ25',
    say('naer calls revoke-link B-7KQ25 tolk', 'naer calls revoke-link B-7KQ25 interpreter'),
  ];

  async run() {
    const { args } = await this.parse(CallsRevokeLink);
    const { visit, seat } = await this.findSeat(args.visit, args.who, 'the citizen');
    const call = await this.call(callsRoutes.revokeLink, {
      params: { id: visit.id },
      body: { seat: seat.id },
    });
    this.log(callCard(call));
    return call;
  }
}
