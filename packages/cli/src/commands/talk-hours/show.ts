import { groundRulesRoutes } from '@naer/core/contract/ground-rules';
import { say } from '../../language.ts';
import { talkHoursCard } from '../../ui/ground-rules.ts';
import { overviewWorkerFlag } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class TalkHoursShow extends VisitsCommand {
  static override summary = say(
    'Vis, hvornår borgere kan bede om en samtale',
    'Show when citizens may ask for a talk',
  );
  static override flags = { worker: overviewWorkerFlag };
  static override examples = ['naer talk-hours show', 'naer talk-hours show --worker BM07'];

  async run() {
    const { flags } = await this.parse(TalkHoursShow);
    const initials = flags.worker ?? (await this.ownInitials());
    const hours = await this.call(groundRulesRoutes.showTalkHours, { params: { initials } });
    this.log(talkHoursCard(hours));
    return hours;
  }
}
