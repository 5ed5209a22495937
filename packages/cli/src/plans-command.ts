import { parseCitizenCode } from '@naer/core/contract/citizen-code';
import { type CitizenWord, type Plan, plansRoutes } from '@naer/core/contract/plans';
import { roomsRoutes } from '@naer/core/contract/rooms';
import { roomName } from './actions/rooms.ts';
import { isId, matchId, shortId } from './actions/short-ids.ts';
import { readDay } from './actions/times.ts';
import { CliError } from './errors/cli-error.ts';
import { say } from './language.ts';
import { askChoice, pick } from './ui/choices.ts';
import { changesTable, gapTable, planCard, type SeriesFlags } from './ui/plans.ts';
import { ask } from './ui/terminal.ts';
import { citizenWordWords, holidayWords } from './ui/visit-words.ts';
import { VisitsCommand } from './visits-command.ts';

/** Commands about plans name them by the number in the table, or by the citizen who has just one. */
export abstract class PlansCommand extends VisitsCommand {
  /** Throws id_unknown, plan_none, or plan_ambiguous with the plans that fit. */
  protected async findPlan(text: string): Promise<Plan> {
    const citizen = isId(text) ? null : parseCitizenCode(text);
    if (citizen !== null) {
      const plans = await this.#active({ citizen });
      const [only] = plans;
      if (only === undefined) throw new CliError('plan_none', { citizen });
      if (plans.length > 1)
        throw new CliError('plan_ambiguous', { citizen }, { details: { named: text, plans } });
      return only;
    }
    const id = isId(text) ? text : await this.#idOfPlan(text);
    return this.call(plansRoutes.show, { params: { id } });
  }

  /** The id behind a number: among one's own plans, else among everybody's. */
  async #idOfPlan(text: string): Promise<string> {
    const beginning = text.trim().toLowerCase();
    const ids = (plans: readonly Plan[]) => plans.map(({ id }) => id);
    const own = ids(await this.#active({ worker: await this.ownInitials() }));
    return matchId(own.some((id) => id.startsWith(beginning)) ? own : ids(await this.#active({})), text);
  }

  #active(whose: { readonly citizen?: string; readonly worker?: string }): Promise<readonly Plan[]> {
    return this.all((page) => this.call(plansRoutes.list, { query: { ...page, ...whose } }));
  }

  /** A plan, what it could not make, and where wanted what was done to it. */
  protected async showPlan(plan: Plan, wish: { readonly changes?: boolean } = {}): Promise<void> {
    this.log(planCard(plan, await this.#roomOf(plan)));
    if (plan.gaps.length > 0) this.log(`\n${gapTable(plan.gaps)}`);
    if (wish.changes && plan.changes.length > 0) this.log(`\n${changesTable(plan)}`);
  }

  /** What the room of a plan is called; null where it has none of its own. */
  async #roomOf({ room }: Plan): Promise<string | null> {
    if (room.kind !== 'room' || this.jsonEnabled()) return null;
    const rooms = await this.all((page) =>
      this.call(roomsRoutes.listRooms, { query: { ...page, inactive: 'true' } }),
    );
    const found = rooms.find(({ id }) => id === room.roomId);
    return found === undefined ? shortId(room.roomId) : roomName(found);
  }

  /** What every plan needs to know beyond its times; `word` is the citizen's, where nothing is asked. */
  protected async series(
    flags: SeriesFlags & { readonly room?: string | undefined },
    word: CitizenWord | null = null,
  ) {
    return {
      endsOn: readDay(flags.until, new Date()),
      holidays: pick(holidayWords, flags.holidays, '--holidays'),
      room: await this.roomWish(flags.room),
      word: flags.word === undefined && word !== null ? word : await this.citizensWord(flags.word),
      skipConflicts: flags['skip-conflicts'],
    };
  }

  /** The citizen's word on a plan or a change of it: the option `--word`, else asked for. */
  protected citizensWord(given: string | undefined) {
    return askChoice(citizenWordWords, given, {
      question: say('Hvad siger borgeren til det?', 'What does the citizen say to it?'),
      what: say('borgerens ord', "the citizen's word"),
      option: '--word',
      flag: '--word agreed',
    });
  }

  protected async askMinutes(): Promise<number> {
    const minutes = await ask(say('Hvor mange minutter?', 'How many minutes?'), {
      what: say('varigheden', 'the length'),
      flag: '--minutes 20',
    });
    if (!/^\d{1,3}$/.test(minutes))
      throw new CliError('number_unreadable', { text: minutes, option: '--minutes' });
    return Number(minutes);
  }
}
