import { callsRoutes } from '@naer/core/contract/calls';
import { CallsCommand } from '../../calls-command.ts';
import { say } from '../../language.ts';
import { callCard, whoArg } from '../../ui/calls.ts';
import { visitArg } from '../../ui/visits.ts';

export default class CallsAdmit extends CallsCommand {
  static override summary = say('Luk en ind, som venter', 'Let somebody in who waits');
  static override description = say(
    'Venter der kun en, behøver du ikke sige hvem.',
    'Where only one waits, you need not say who.',
  );
  static override args = { visit: visitArg, who: whoArg };
  static override examples = [
    'naer calls admit B-7KQ25',
    say('naer calls admit B-7KQ25 tolk', 'naer calls admit B-7KQ25 interpreter'),
  ];

  async run() {
    const { args } = await this.parse(CallsAdmit);
    const { visit, seat } = await this.findSeat(args.visit, args.who, 'who waits');
    const call = await this.call(callsRoutes.admit, { params: { id: visit.id }, body: { seat: seat.id } });
    this.log(callCard(call));
    return call;
  }
}
