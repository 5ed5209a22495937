import { plansRoutes } from '@naer/core/contract/plans';
import { type Channel, type Visit, visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { wallTime } from '../../actions/days.ts';
import { slotOf } from '../../actions/slots.ts';
import { later, minutesBetween, readStart } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { askChoice, pickAll } from '../../ui/choices.ts';
import { codeArg } from '../../ui/citizens.ts';
import { repeatFlags } from '../../ui/plans.ts';
import { purposesFlag, readParticipants, withFlag } from '../../ui/recording.ts';
import { ask } from '../../ui/terminal.ts';
import { channelWords, purposeWords } from '../../ui/visit-words.ts';
import { anywayFlag, forWorkerFlag, roomFlag, visitCard } from '../../ui/visits.ts';

const time = say('TID', 'TIME');

interface Wish {
  readonly channel: Channel;
  readonly startsAt: string;
  readonly minutes: number;
}

export default class VisitsPlan extends PlansCommand {
  static override summary = say(
    'Planlæg et besøg, ét eller igen og igen',
    'Plan a visit, once or again and again',
  );
  static override description = say(
    'Medarbejder, borger og rum holdes samlet eller slet ikke. Kan det ikke lade sig gøre, får du de nærmeste tider som kommandoer, der kan sættes ind.',
    'Worker, citizen and room are held together or not at all. Where that cannot be, you get the nearest times as commands to paste.',
  );
  static override args = { code: codeArg };
  static override flags = {
    video: Flags.string({
      summary: say('Skærmbesøg', 'By video'),
      helpValue: time,
      exclusive: ['physical', 'phone'],
    }),
    physical: Flags.string({
      summary: say('Fysisk besøg', 'In person'),
      helpValue: time,
      exclusive: ['phone'],
    }),
    phone: Flags.string({ summary: say('Opkald', 'By phone'), helpValue: time }),
    minutes: Flags.integer({ summary: say('Varighed', 'Length'), min: 5, max: 720, helpValue: 'MIN' }),
    room: roomFlag,
    purpose: purposesFlag,
    with: withFlag,
    propose: Flags.boolean({
      summary: say('Kun et forslag, til borgeren siger ja', 'Only a proposal, until the citizen accepts'),
      exclusive: ['weekly', 'fortnightly'],
    }),
    ...repeatFlags(),
    worker: forWorkerFlag,
    ...anywayFlag,
  };
  static override examples = [
    say(
      'naer visits plan B-7KQ25 --video "tirsdag 10" --minutes 20',
      'naer visits plan B-7KQ25 --video "tuesday 10:00" --minutes 20',
    ),
    say(
      'naer visits plan B-7KQ25 --video "tirsdag 10" --minutes 20 --weekly',
      'naer visits plan B-7KQ25 --video "tuesday 10:00" --minutes 20 --weekly',
    ),
    say(
      'naer visits plan B-7KQ25 --physical "i morgen 9-10" --room any',
      'naer visits plan B-7KQ25 --physical "tomorrow 9-10" --room any',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsPlan);
    const wish = await this.#wish(flags);
    const { worker } = flags;
    const common = { citizen: args.code, worker };
    const participants = readParticipants(flags.with);
    const purposes = pickAll(purposeWords, flags.purpose, '--purpose');
    if (!flags.weekly && !flags.fortnightly) {
      const room = await this.roomWish(flags.room);
      const { channel, startsAt, minutes } = wish;
      const span = { startsAt, endsAt: later(startsAt, minutes) };
      const body = { ...common, channel, ...span, room, purposes, participants, propose: flags.propose };
      const visit: Visit = await this.heeding(flags, (acknowledge) =>
        this.call(visitsRoutes.plan, { body: { ...body, acknowledge } }),
      );
      this.log(visitCard(visit));
      return visit;
    }
    // One line is to be enough for a series: what the citizen says to it may be noted later, and is not made up.
    const series = await this.series(flags, 'not-asked');
    const startsOn = wallTime(wish.startsAt).day;
    const slots = [slotOf(wish.channel, wish.startsAt, wish.minutes)];
    const template = { kind: flags.weekly ? ('weekly' as const) : ('fortnightly' as const), slots };
    const plan = await this.heeding(flags, (acknowledge) =>
      this.call(plansRoutes.create, { body: { ...common, ...series, startsOn, template, acknowledge } }),
    );
    await this.showPlan(plan);
    if (flags.word === undefined)
      this.note(
        say(
          'Borgerens ord er ikke noteret. Er det aftalt, så skriv --word agreed næste gang.',
          "The citizen's word is not recorded. If it is agreed, write --word agreed next time.",
        ),
      );
    return plan;
  }

  /** Channel, time and length: from the options, and what they leave open is asked for. */
  async #wish(flags: {
    readonly video?: string | undefined;
    readonly physical?: string | undefined;
    readonly phone?: string | undefined;
    readonly minutes?: number | undefined;
  }): Promise<Wish> {
    const named = (['video', 'physical', 'phone'] as const).find((each) => flags[each] !== undefined);
    const flag = say('--video "tirsdag 10"', '--video "tuesday 10:00"');
    const channel =
      named ??
      (await askChoice(channelWords, undefined, {
        question: say('Hvordan?', 'How?'),
        what: say('måden og tiden', 'the channel and the time'),
        option: '--video|--physical|--phone',
        flag,
      }));
    const phrase =
      flags[channel] ?? (await ask(say('Hvornår?', 'When?'), { what: say('tiden', 'the time'), flag }));
    const { startsAt, endsAt } = readStart(phrase, new Date());
    const minutes =
      endsAt === null ? (flags.minutes ?? (await this.askMinutes())) : minutesBetween(startsAt, endsAt);
    return { channel, startsAt, minutes };
  }
}
