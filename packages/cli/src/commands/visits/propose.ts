import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { later, readStart } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { askChoice, choices } from '../../ui/choices.ts';
import { proposerWords } from '../../ui/visit-words.ts';
import { newTimeArg, visitArg, visitCard, visitMinutes } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsPropose extends VisitsCommand {
  static override summary = say('Foreslå en anden tid', 'Propose another time');
  static override description = say(
    'Den nye tid holdes, og den gamle slippes. Et helt nyt forslag: »naer visits plan … --propose«.',
    'The new time is held, and the old one let go. A new proposal: "naer visits plan … --propose".',
  );
  static override args = { visit: visitArg, time: newTimeArg };
  static override flags = {
    by: Flags.string(choices(proposerWords, say('Hvis ønske tiden er', 'Whose wish the time is'))),
  };
  static override examples = [
    say(
      'naer visits propose B-7KQ25 "torsdag 14" --by citizen',
      'naer visits propose B-7KQ25 "thursday 14:00" --by citizen',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsPropose);
    const time = readStart(args.time, new Date());
    const by = await askChoice(proposerWords, flags.by, {
      question: say('Hvis ønske er tiden?', 'Whose wish is the time?'),
      what: say('hvis ønske det er', 'whose wish it is'),
      option: '--by',
    });
    const found = await this.findVisit(args.visit, 'coming');
    const endsAt = time.endsAt ?? later(time.startsAt, visitMinutes(found));
    const visit = await this.call(visitsRoutes.propose, {
      params: { id: found.id },
      body: { startsAt: time.startsAt, endsAt, by },
    });
    this.log(visitCard(visit));
    return visit;
  }
}
