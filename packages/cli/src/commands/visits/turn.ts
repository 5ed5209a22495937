import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { askChoice } from '../../ui/choices.ts';
import { channelWords } from '../../ui/visit-words.ts';
import { anywayFlag, happenedFlag, roomFlag, visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsTurn extends VisitsCommand {
  static override summary = say(
    'Gør et besøg fysisk, eller til video',
    'Turn a visit physical, or into video',
  );
  static override description = say(
    'Før det begynder eller midt i: begge dele tæller, rummet slippes, og vejtiden begynder. »Jeg kommer.«',
    'Before it begins or in the middle: both parts count, the room is let go, and travel begins. "I\'m coming."',
  );
  static override args = { visit: visitArg };
  static override flags = {
    video: Flags.boolean({ summary: say('Til video', 'Into video'), exclusive: ['physical', 'phone'] }),
    physical: Flags.boolean({
      summary: say('Til fysisk besøg', 'Into a visit in person'),
      exclusive: ['phone'],
    }),
    phone: Flags.boolean({ summary: say('Til opkald', 'Into a phone call') }),
    room: roomFlag,
    at: happenedFlag,
    ...anywayFlag,
  };
  static override examples = [
    'naer visits turn B-7KQ25 --physical',
    'naer visits turn 3f0c2a52 --video --room any',
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsTurn);
    const named = (['video', 'physical', 'phone'] as const).find((channel) => flags[channel]);
    const to =
      named ??
      (await askChoice(channelWords, undefined, {
        question: say('Hvordan fortsætter det?', 'How does it go on?'),
        what: say('måden', 'the channel'),
        option: '--video|--physical|--phone',
        flag: '--physical',
      }));
    if (flags.room !== undefined && to !== 'video')
      throw new CliError('usage', {
        what: say('Et rum hører kun til, når det bliver video.', 'A room belongs only to a turn into video.'),
        command: 'visits turn',
      });
    const room = await this.roomWish(flags.room);
    const found = await this.findVisit(args.visit, 'turned');
    const at = this.happenedAt(flags.at, found);
    const visit = await this.heeding(flags, (acknowledge) =>
      this.call(visitsRoutes.turn, { params: { id: found.id }, body: { to, room, at, acknowledge } }),
    );
    this.log(visitCard(visit));
    return visit;
  }
}
