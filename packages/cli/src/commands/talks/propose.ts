import { talksRoutes } from '@naer/core/contract/talks';
import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { later, readSpan, usualMinutes } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { TalksCommand, talkArg } from '../../talks-command.ts';
import { anywayFlag, overviewWorkerFlag, roomFlag, visitCard } from '../../ui/visits.ts';

export default class TalksPropose extends TalksCommand {
  static override summary = say(
    'Foreslå en tid til en, der har bedt om en snak',
    'Propose a time to somebody who asked for a talk',
  );
  static override description = say(
    'Uden --at foreslås den tid, borgeren ønskede. Tiden holdes, og borgeren får et link, hvor de kan sige ja, nej eller foreslå en anden.',
    'Without --at it is the time that the citizen wished for. The time is held, and the citizen gets a link to say yes, no or propose another.',
  );
  static override args = { talk: talkArg };
  static override flags = {
    at: Flags.string({ summary: say('En anden tid', 'Another time'), helpValue: say('TID', 'TIME') }),
    room: roomFlag,
    worker: overviewWorkerFlag,
    ...anywayFlag,
  };
  static override examples = [
    'naer talks propose B-7KQ25',
    say('naer talks propose B-7KQ25 --at "torsdag 14"', 'naer talks propose B-7KQ25 --at "thursday 14:00"'),
  ];

  async run() {
    const { args, flags } = await this.parse(TalksPropose);
    const given = flags.at === undefined ? null : readSpan(flags.at, new Date());
    const talk = await this.findTalk(args.talk, flags.worker);
    const span = given ?? { startsAt: talk.wishedAt, endsAt: later(talk.wishedAt, usualMinutes) };
    const room = await this.roomWish(flags.room);
    const { visit: id } = await this.heeding(flags, (acknowledge) =>
      this.call(talksRoutes.propose, { params: { id: talk.id }, body: { ...span, room, acknowledge } }),
    );
    const visit = await this.call(visitsRoutes.show, { params: { id: id ?? '' } });
    this.log(visitCard(visit));
    return visit;
  }
}
