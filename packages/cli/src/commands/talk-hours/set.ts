import { groundRulesRoutes } from '@naer/core/contract/ground-rules';
import { Args } from '@oclif/core';
import { readTalkHours } from '../../actions/clock-spans.ts';
import { say } from '../../language.ts';
import { talkHoursCard } from '../../ui/ground-rules.ts';
import { overviewWorkerFlag } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class TalkHoursSet extends VisitsCommand {
  static override summary = say(
    'Sæt, hvornår borgere kan bede om en samtale',
    'Set when citizens may ask for a talk',
  );
  static override description = say(
    'Tiderne træder i stedet for dem, der var. En kollegas kan du sætte, hvor du må planlægge for andre.',
    "The hours replace those that were. A colleague's you can set where you may plan for others.",
  );
  static override args = {
    hours: Args.string({
      required: true,
      description: say('Fx "ma-to 9-15, fr 9-12", eller ingen', 'Such as "mon-thu 9-15, fri 9-12", or none'),
    }),
  };
  static override flags = { worker: overviewWorkerFlag };
  static override examples = [
    say('naer talk-hours set "ma-to 9-15, fr 9-12"', 'naer talk-hours set "mon-thu 9-15, fri 9-12"'),
    say('naer talk-hours set ingen --worker BM07', 'naer talk-hours set none --worker BM07'),
  ];

  async run() {
    const { args, flags } = await this.parse(TalkHoursSet);
    const wish = readTalkHours(args.hours);
    const initials = flags.worker ?? (await this.ownInitials());
    const hours = await this.call(groundRulesRoutes.setTalkHours, {
      params: { initials },
      body: { hours: wish },
    });
    this.log(talkHoursCard(hours));
    return hours;
  }
}
