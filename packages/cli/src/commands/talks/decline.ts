import { talksRoutes } from '@naer/core/contract/talks';
import { say } from '../../language.ts';
import { TalksCommand, talkArg } from '../../talks-command.ts';
import { talkCard } from '../../ui/talks.ts';
import { overviewWorkerFlag } from '../../ui/visits.ts';

export default class TalksDecline extends TalksCommand {
  static override summary = say(
    'Sig pænt nej til en, der har bedt om en snak',
    'Say kindly no to somebody who asked for a talk',
  );
  static override description = say(
    'Borgeren får at vide, at tiden ikke går, og hvornår jeres næste aftale er.',
    'The citizen is told that the time is not possible, and when your next appointment is.',
  );
  static override args = { talk: talkArg };
  static override flags = { worker: overviewWorkerFlag };
  static override examples = ['naer talks decline B-7KQ25'];

  async run() {
    const { args, flags } = await this.parse(TalksDecline);
    const { id } = await this.findTalk(args.talk, flags.worker);
    const talk = await this.call(talksRoutes.decline, { params: { id } });
    this.log(talkCard(talk));
    return talk;
  }
}
