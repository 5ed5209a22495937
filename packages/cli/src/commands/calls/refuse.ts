import { callsRoutes } from '@naer/core/contract/calls';
import { CallsCommand } from '../../calls-command.ts';
import { say } from '../../language.ts';
import { callCard, whoArg } from '../../ui/calls.ts';
import { visitArg } from '../../ui/visits.ts';

export default class CallsRefuse extends CallsCommand {
  static override summary = say(
    'Afvis en, som venter; linket gælder ikke mere',
    'Turn somebody away; their link no longer holds',
  );
  static override description = say(
    'Venter der kun en, behøver du ikke sige hvem.',
    'Where only one waits, you need not say who.',
  );
  static override args = { visit: visitArg, who: whoArg };
  static override examples = [
    'naer calls refuse B-7KQ25',
    say('naer calls refuse B-7KQ25 gæst', 'naer calls refuse B-7KQ25 guest'),
  ];

  async run() {
    const { args } = await this.parse(CallsRefuse);
    const { visit, seat } = await this.findSeat(args.visit, args.who, 'who waits');
    const call = await this.call(callsRoutes.refuse, { params: { id: visit.id }, body: { seat: seat.id } });
    this.log(callCard(call));
    return call;
  }
}
