import { type DayMoveProposal, type Visit, visitsRoutes } from '@naer/core/contract/visits';
import { Args, Flags } from '@oclif/core';
import { later, readDay, readStart } from '../../actions/times.ts';
import { yesFlag } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { dayMoveTable } from '../../ui/day-move.ts';
import { dayText } from '../../ui/time.ts';
import { anywayFlag, overviewWorkerFlag, roomFlag, visitCard, visitMinutes } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsMove extends VisitsCommand {
  static override summary = say('Flyt et besøg, eller en hel dag', 'Move a visit, or a whole day');
  static override description = say(
    'Med --day findes en ny tid til alt den dag, og du ser den, før noget flyttes: alt eller intet.',
    'With --day a new time is found for everything on that day, and you see it before anything moves: all or nothing.',
  );
  static override args = {
    visit: Args.string({
      description: say(
        'Nummeret fra listen, eller borgerens kode',
        "The number from the list, or the citizen's code",
      ),
    }),
    time: Args.string({
      description: say(
        'Ny tid; uden slut varer besøget lige så længe',
        'New time; without an end the visit stays as long as it was',
      ),
    }),
  };
  static override flags = {
    room: roomFlag,
    worker: {
      ...overviewWorkerFlag,
      summary: say('Til denne kollega; med --day: fra denne', 'To this colleague; with --day: from this one'),
    },
    day: Flags.string({
      summary: say('Flyt alt på denne dag', 'Move everything on this day'),
      helpValue: say('DAG', 'DAY'),
    }),
    to: Flags.string({
      summary: say('Til denne dag; ellers den nærmeste', 'To this day; else the nearest'),
      helpValue: say('DAG', 'DAY'),
      dependsOn: ['day'],
    }),
    ...yesFlag,
    ...anywayFlag,
  };
  static override examples = [
    say('naer visits move B-7KQ25 "onsdag 11"', 'naer visits move B-7KQ25 "wednesday 11:00"'),
    say('naer visits move --day tirsdag --to onsdag', 'naer visits move --day tuesday --to wednesday'),
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsMove);
    if (flags.day !== undefined) {
      if (args.visit !== undefined)
        throw new CliError('usage', {
          what: say('Brug enten et besøg eller --day.', 'Use either a visit or --day.'),
          command: 'visits move',
        });
      return this.#day(flags.day, flags);
    }
    const missing = args.visit === undefined ? 'VISIT' : args.time === undefined ? 'TIME' : null;
    if (args.visit === undefined || args.time === undefined)
      throw new CliError('usage', {
        what: say(`Der mangler noget: ${missing}.`, `Something is missing: ${missing}.`),
        command: 'visits move',
      });
    return this.#one(args.visit, args.time, flags);
  }

  async #one(
    named: string,
    phrase: string,
    flags: {
      readonly room?: string | undefined;
      readonly worker?: string | undefined;
      readonly anyway: boolean;
    },
  ): Promise<Visit> {
    const time = readStart(phrase, new Date());
    const room = flags.room === undefined ? undefined : await this.roomWish(flags.room);
    const found = await this.findVisit(named, 'coming');
    const endsAt = time.endsAt ?? later(time.startsAt, visitMinutes(found));
    const body = { startsAt: time.startsAt, endsAt, room, worker: flags.worker };
    const visit = await this.heeding(flags, (acknowledge) =>
      this.call(visitsRoutes.move, { params: { id: found.id }, body: { ...body, acknowledge } }),
    );
    this.log(visitCard(visit));
    return visit;
  }

  async #day(
    day: string,
    flags: { readonly to?: string | undefined; readonly worker?: string | undefined; readonly yes: boolean },
  ): Promise<DayMoveProposal | { readonly visits: readonly Visit[] }> {
    const now = new Date();
    const query = { from: readDay(day, now), to: readDay(flags.to, now), worker: flags.worker };
    const proposal = await this.call(visitsRoutes.proposeDayMove, { query });
    const { items } = proposal;
    if (items.length === 0) {
      this.log(
        say(
          `Der er ingen besøg at flytte ${dayText(proposal.from)}.`,
          `There are no visits to move on ${dayText(proposal.from)}.`,
        ),
      );
      return proposal;
    }
    this.note(dayMoveTable(proposal));
    const moves = items.flatMap(({ visit, to }) => (to === null ? [] : [{ visit, ...to }]));
    if (moves.length < items.length) {
      this.log(
        say('Alt kan ikke være der. Intet er flyttet.', 'Not everything fits there. Nothing was moved.'),
      );
      this.negative();
      return proposal;
    }
    if (!flags.yes)
      await this.agree(
        say(`Flyt det hele til ${dayText(proposal.to)}?`, `Move it all to ${dayText(proposal.to)}?`),
        '--yes',
      );
    const moved = await this.call(visitsRoutes.moveDay, { body: { moves } });
    this.log(
      say(
        `Flyttet til ${dayText(proposal.to)}: ${moved.visits.length} besøg.`,
        `Moved to ${dayText(proposal.to)}: ${moved.visits.length} visits.`,
      ),
    );
    return moved;
  }
}
