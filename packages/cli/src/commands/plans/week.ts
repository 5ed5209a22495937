import { plansRoutes } from '@naer/core/contract/plans';
import { Args, Flags } from '@oclif/core';
import { readWeek, wallTime, weekdayOf } from '../../actions/days.ts';
import { minutesBetween, readStart } from '../../actions/times.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { choices, pick } from '../../ui/choices.ts';
import { planArg, wordFlag } from '../../ui/plans.ts';
import { channelWords } from '../../ui/visit-words.ts';
import { anywayFlag } from '../../ui/visits.ts';

export default class PlansWeek extends PlansCommand {
  static override summary = say('Ret en enkelt uge i en plan', 'Change a single week of a plan');
  static override description = say(
    'Resten af planen bliver, som den er.',
    'The rest of the plan stays as it is.',
  );
  static override args = {
    plan: planArg,
    week: Args.string({
      required: true,
      description: say('Ugen: 50, "uge 50" eller 2026-W50', 'The week: 50, "week 50" or 2026-W50'),
    }),
  };
  static override flags = {
    skip: Flags.boolean({
      summary: say('Spring over', 'Leave out'),
      exclusive: ['at', 'minutes', 'channel'],
    }),
    at: Flags.string({
      summary: say('I stedet på denne tid', 'At this time instead'),
      helpValue: say('"torsdag 10"', '"thursday 10:00"'),
    }),
    minutes: Flags.integer({ summary: say('Så længe', 'So long'), min: 5, max: 480, helpValue: 'MIN' }),
    channel: Flags.string(choices(channelWords, say('På denne måde', 'By this channel'))),
    slot: Flags.integer({
      summary: say('Ugens gang nummer (ellers 1)', "Which of the week's visits (else 1)"),
      min: 1,
      max: 14,
      helpValue: 'N',
    }),
    ...wordFlag,
    ...anywayFlag,
  };
  static override examples = [
    'naer plans week B-7KQ25 50 --skip --word own-wish',
    say(
      'naer plans week B-7KQ25 "uge 50" --at "torsdag 10" --minutes 30 --word agreed',
      'naer plans week B-7KQ25 "week 50" --at "thursday 10:00" --minutes 30 --word agreed',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(PlansWeek);
    const now = new Date();
    const week = readWeek(args.week, now);
    const set = readSet(flags.at, flags.minutes, now);
    const channel = pick(channelWords, flags.channel, '--channel');
    if (!flags.skip && channel === undefined && Object.values(set).every((each) => each === undefined))
      throw new CliError('usage', {
        what: say(
          'Sig, hvad der skal ske: --skip, --at, --minutes eller --channel.',
          'Say what shall happen: --skip, --at, --minutes or --channel.',
        ),
        command: 'plans week',
      });
    const change = flags.skip ? { kind: 'skip' as const } : { kind: 'set' as const, channel, ...set };
    const word = await this.citizensWord(flags.word);
    const { id } = await this.findPlan(args.plan);
    const body = { week, slot: (flags.slot ?? 1) - 1, change, word };
    const plan = await this.heeding(flags, (acknowledge) =>
      this.call(plansRoutes.changeWeek, { params: { id }, body: { ...body, acknowledge } }),
    );
    await this.showPlan(plan, { changes: true });
    return plan;
  }
}

/** Weekday, time of day and length out of a time; which week it lies in does not matter. */
function readSet(at: string | undefined, minutes: number | undefined, now: Date) {
  if (at === undefined) return { minutes };
  const { startsAt, endsAt } = readStart(at, now);
  const { day, clock } = wallTime(startsAt);
  return {
    weekday: weekdayOf(day),
    time: clock,
    minutes: endsAt === null ? minutes : minutesBetween(startsAt, endsAt),
  };
}
