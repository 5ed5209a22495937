import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { say } from '../../language.ts';
import { askChoice, choice } from '../../ui/choices.ts';
import { futileReasonWords } from '../../ui/visit-words.ts';
import { happenedFlag, visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsFutile extends VisitsCommand {
  static override summary = say('Ingen var der: et forgæves besøg', 'Nobody was there: a futile visit');
  static override description = say(
    'Vejtid og ventetid huskes, men tæller ikke som leveret støtte.',
    'Travel and waiting are remembered, but do not count as delivered support.',
  );
  static override args = { visit: visitArg };
  static override flags = {
    reason: choice(futileReasonWords, say('Grund', 'Reason')),
    waited: Flags.integer({
      summary: say('Minutter ventet', 'Minutes waited'),
      min: 0,
      max: 240,
      helpValue: 'MIN',
    }),
    travel: Flags.integer({
      summary: say('Minutters vejtid', 'Minutes of travel'),
      min: 0,
      max: 480,
      helpValue: 'MIN',
    }),
    at: happenedFlag,
  };
  static override examples = [
    'naer visits futile B-7KQ25 --reason nobody-home --waited 10 --travel 25',
    'naer visits futile 3f0c2a52 --reason no-answer',
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsFutile);
    const reason = await askChoice(futileReasonWords, flags.reason, {
      question: say('Hvad skete der?', 'What happened?'),
      what: say('grunden', 'the reason'),
      option: '--reason',
    });
    const found = await this.findVisit(args.visit, 'missed');
    const at = this.happenedAt(flags.at, found);
    const body = { reason, at, waitedMinutes: flags.waited, travelMinutes: flags.travel };
    const visit = await this.call(visitsRoutes.futile, { params: { id: found.id }, body });
    this.log(visitCard(visit));
    return visit;
  }
}
