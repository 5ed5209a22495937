import { visitsRoutes } from '@naer/core/contract/visits';
import { say } from '../../language.ts';
import { noteAdvice, recordedFlags, recordedInput } from '../../ui/recording.ts';
import { happenedFlag, visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsEnd extends VisitsCommand {
  static override summary = say('Afslut et besøg, der blev holdt', 'End a visit that was held');
  static override description = noteAdvice();
  static override args = { visit: visitArg };
  static override flags = { at: happenedFlag, ...recordedFlags() };
  static override examples = [
    'naer visits end B-7KQ25 --topics supportive-talk,structure',
    'naer visits end B-7KQ25 --at 10.25 --note-stdin',
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsEnd);
    const found = await this.findVisit(args.visit, 'current');
    const at = this.happenedAt(flags.at, found);
    const body = { at, ...(await recordedInput(flags)) };
    const visit = await this.call(visitsRoutes.end, { params: { id: found.id }, body });
    this.log(visitCard(visit));
    return visit;
  }
}
