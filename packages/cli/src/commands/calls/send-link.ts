import { callsRoutes } from '@naer/core/contract/calls';
import { CallsCommand } from '../../calls-command.ts';
import { say } from '../../language.ts';
import { callCard, whoArg } from '../../ui/calls.ts';
import { visitArg } from '../../ui/visits.ts';

export default class CallsSendLink extends CallsCommand {
  static override summary = say(
    'Send et nyt link; det gamle gælder ikke mere',
    'Send a new link; the old one no longer holds',
  );
  static override description = say(
    'Uden andet er det til borgeren.',
    'If nothing is said it goes to the citizen.',
  );
  static override args = { visit: visitArg, who: whoArg };
  static override examples = [
    'naer calls send-link B-7KQ25',
    say('naer calls send-link B-7KQ25 tolk', 'naer calls send-link B-7KQ25 interpreter'),
  ];

  async run() {
    const { args } = await this.parse(CallsSendLink);
    const { visit, seat } = await this.findSeat(args.visit, args.who, 'the citizen');
    const call = await this.call(callsRoutes.sendLink, { params: { id: visit.id }, body: { seat: seat.id } });
    this.log(callCard(call));
    return call;
  }
}
