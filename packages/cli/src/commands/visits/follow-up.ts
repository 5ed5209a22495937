import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { wallTime } from '../../actions/days.ts';
import { later, readPast } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { noteAdvice, recordedFlags, recordedInput } from '../../ui/recording.ts';
import { ask } from '../../ui/terminal.ts';
import { clockValue, visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsFollowUp extends VisitsCommand {
  static override summary = say('Et mislykket kald blev fulgt op', 'A failed call was followed up');
  static override description =
    `${say('Pr. telefon; minutterne tæller.', 'By phone; the minutes count.')} ${noteAdvice()}`;
  static override args = { visit: visitArg };
  static override flags = {
    from: Flags.string({ summary: say('Fra', 'From'), helpValue: clockValue }),
    to: Flags.string({ summary: say('Til', 'To'), helpValue: clockValue, exclusive: ['minutes'] }),
    minutes: Flags.integer({ summary: say('Varighed', 'Length'), min: 1, max: 720, helpValue: 'MIN' }),
    ...recordedFlags(),
  };
  static override examples = [
    'naer visits follow-up B-7KQ25 --from 10.15 --to 10.25',
    'naer visits follow-up 3f0c2a52 --from 10.15 --minutes 10',
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsFollowUp);
    const needed = async (given: string | undefined, question: string, flag: string) =>
      given ?? ask(`${question}:`, { what: question.toLowerCase(), flag });
    const from = await needed(flags.from, say('Fra', 'From'), '--from 10.15');
    const to = flags.minutes === undefined ? await needed(flags.to, say('Til', 'To'), '--to 10.25') : null;
    const found = await this.findVisit(args.visit, 'failed');
    const now = new Date();
    const { day } = wallTime(found.at);
    const { startsAt } = readPast(from, now, day);
    const endsAt = to === null ? later(startsAt, flags.minutes ?? 0) : readPast(to, now, day).startsAt;
    const body = { startsAt, endsAt, ...(await recordedInput(flags)) };
    const visit = await this.call(visitsRoutes.followUp, { params: { id: found.id }, body });
    this.log(visitCard(visit));
    return visit;
  }
}
