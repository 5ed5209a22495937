import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { wallTime } from '../../actions/days.ts';
import { later, readPast } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { noteAdvice, recordedFlags, recordedInput } from '../../ui/recording.ts';
import { clockValue, visitArg, visitCard } from '../../ui/visits.ts';

export default class VisitsFollowUp extends PlansCommand {
  static override summary = say('Et mislykket kald blev fulgt op', 'A failed call was followed up');
  static override description = [
    say(
      'Pr. telefon; minutterne tæller. Med --minutes alene sluttede opkaldet lige nu.',
      'By phone; the minutes count. With --minutes alone the call has just ended.',
    ),
    noteAdvice(),
  ].join(' ');
  static override args = { visit: visitArg };
  static override flags = {
    from: Flags.string({ summary: say('Fra', 'From'), helpValue: clockValue }),
    to: Flags.string({ summary: say('Til', 'To'), helpValue: clockValue, exclusive: ['minutes'] }),
    minutes: Flags.integer({ summary: say('Varighed', 'Length'), min: 1, max: 720, helpValue: 'MIN' }),
    ...recordedFlags(),
  };
  static override examples = [
    'naer visits follow-up B-7KQ25 --minutes 8',
    'naer visits follow-up B-7KQ25 --from 10.15 --to 10.25',
    'naer visits follow-up 3f0c2a52 --from 10.15 --minutes 10',
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsFollowUp);
    const found = await this.findVisit(args.visit, 'failed');
    const { startsAt, endsAt } = await this.#times(flags, wallTime(found.at).day);
    const body = { startsAt, endsAt, ...(await recordedInput(flags)) };
    const visit = await this.call(visitsRoutes.followUp, { params: { id: found.id }, body });
    this.log(visitCard(visit));
    return visit;
  }
  /** Minutes alone are those of a call that has just ended. Times of day are those of the visit's own day. */
  async #times(flags: Times, day: string): Promise<{ readonly startsAt: string; readonly endsAt: string }> {
    const now = new Date();
    const { from, to } = flags;
    const minutes =
      flags.minutes ?? (from === undefined && to === undefined ? await this.askMinutes() : null);
    if (from === undefined) {
      const endsAt = to === undefined ? now.toISOString() : readPast(to, now, day).startsAt;
      return { startsAt: later(endsAt, -(minutes ?? (await this.askMinutes()))), endsAt };
    }
    const { startsAt, endsAt } = readPast(from, now, day);
    if (minutes !== null) return { startsAt, endsAt: later(startsAt, minutes) };
    if (to !== undefined) return { startsAt, endsAt: readPast(to, now, day).startsAt };
    return { startsAt, endsAt: endsAt ?? later(startsAt, await this.askMinutes()) };
  }
}

interface Times {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly minutes?: number | undefined;
}
