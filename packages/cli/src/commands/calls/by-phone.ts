import { callsRoutes } from '@naer/core/contract/calls';
import { CallsCommand } from '../../calls-command.ts';
import { say } from '../../language.ts';
import { callCard, whoArg } from '../../ui/calls.ts';
import { visitArg } from '../../ui/visits.ts';

export default class CallsByPhone extends CallsCommand {
  static override summary = say(
    'Nogen er i telefonen i stedet for på siden',
    'Somebody is on the telephone instead',
  );
  static override description = say(
    'De venter og lukkes ind som alle andre. Uden andet er det borgeren.',
    'They wait and are let in like everybody. If nothing is said it is the citizen.',
  );
  static override args = { visit: visitArg, who: whoArg };
  static override examples = [
    'naer calls by-phone B-7KQ25',
    say('naer calls by-phone B-7KQ25 pårørende', 'naer calls by-phone B-7KQ25 relative'),
  ];

  async run() {
    const { args } = await this.parse(CallsByPhone);
    const { visit, seat } = await this.findSeat(args.visit, args.who, 'the citizen');
    const call = await this.call(callsRoutes.byPhone, { params: { id: visit.id }, body: { seat: seat.id } });
    this.log(callCard(call));
    return call;
  }
}
