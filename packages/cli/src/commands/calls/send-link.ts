import { randomInt } from 'node:crypto';
import { callsRoutes } from '@naer/core/contract/calls';
import { Flags } from '@oclif/core';
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
    'Uden andet er det til borgeren. Med --pin åbner linket kun med en kode på seks cifre, som står her og ikke bliver sendt: sig den selv. Den gælder også for linket, der sendes næste gang.',
    'If nothing is said it goes to the citizen. With --pin the link opens by a code of six digits only, which is shown here and not sent: tell it yourself. It also holds for the link that is sent next time.',
  );
  static override args = { visit: visitArg, who: whoArg };
  static override flags = {
    pin: Flags.boolean({
      allowNo: true,
      summary: say('Med en ny kode, eller uden kode', 'With a new code, or without one'),
    }),
  };
  static override examples = [
    'naer calls send-link B-7KQ25',
    'naer calls send-link B-7KQ25 --pin',
    say('naer calls send-link B-7KQ25 tolk', 'naer calls send-link B-7KQ25 interpreter'),
  ];

  async run() {
    const { args, flags } = await this.parse(CallsSendLink);
    const { visit, seat } = await this.findSeat(args.visit, args.who, 'the citizen');
    const pin = flags.pin === true ? newPin() : flags.pin === false ? null : undefined;
    const call = await this.call(callsRoutes.sendLink, {
      params: { id: visit.id },
      body: { seat: seat.id, pin },
    });
    this.log(callCard(call));
    if (typeof pin !== 'string') return call;
    this.log(say(`\nKoden er ${pin}. Sig den selv.`, `\nThe code is ${pin}. Tell it yourself.`));
    return { ...call, pin };
  }
}

/** Six digits, which nobody chooses: five tries are all there are. */
const newPin = (): string => String(randomInt(1_000_000)).padStart(6, '0');
