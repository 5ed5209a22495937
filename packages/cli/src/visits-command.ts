import { ApiError } from '@naer/core/client';
import { parseCitizenCode } from '@naer/core/contract/citizen-code';
import { handOffRoutes } from '@naer/core/contract/hand-off';
import { identityRoutes } from '@naer/core/contract/identity';
import {
  type RoomWish,
  type Visit,
  type VisitWarning,
  visitsRoutes,
  visitWarnings,
} from '@naer/core/contract/visits';
import { z } from 'zod';
import { wallTime } from './actions/days.ts';
import { type VisitWish, visitsThatFit } from './actions/find-visit.ts';
import { isId, matchId } from './actions/short-ids.ts';
import { readPast } from './actions/times.ts';
import { CliError } from './errors/cli-error.ts';
import { say } from './language.ts';
import { RoomsCommand } from './rooms-command.ts';
import { ask, canAsk } from './ui/terminal.ts';
import { warningWords } from './ui/visit-words.ts';
import { word } from './ui/words.ts';

const dayMs = 86_400_000;
const nearby: readonly VisitWish[] = ['current', 'turned', 'coming', 'proposed'];
const warned = z.array(z.enum(visitWarnings)).min(1);

/** Commands about visits name them by the number in the table, or by the citizen whose visit is meant. */
export abstract class VisitsCommand extends RoomsCommand {
  /**
   * The visit that somebody means: its id, its number, or a citizen's code with which exactly one visit fits.
   * Throws id_unknown, visit_none, or visit_ambiguous with the visits that fit.
   */
  protected async findVisit(text: string, wish: VisitWish): Promise<Visit> {
    const citizen = isId(text) ? null : parseCitizenCode(text);
    if (citizen !== null) return this.#ofCitizen(text, citizen, wish);
    const id = isId(text) || wish !== 'handed' ? text : await this.#handedOff(text);
    return isId(id) ? this.call(visitsRoutes.show, { params: { id } }) : this.#byNumber(id);
  }

  async #ofCitizen(text: string, citizen: string, wish: VisitWish): Promise<Visit> {
    const now = new Date();
    // What is over may be long ago; what comes next is near.
    const back = nearby.includes(wish) ? 1 : 92;
    const from = new Date(now.getTime() - back * dayMs).toISOString();
    const visits = await this.all((page) =>
      this.call(visitsRoutes.list, { query: { ...page, citizen, from } }),
    );
    const fitting = visitsThatFit(visits, wish, now);
    const [only] = fitting;
    if (only === undefined) throw new CliError('visit_none', { citizen });
    if (fitting.length > 1)
      throw new CliError('visit_ambiguous', { citizen }, { details: { named: text, visits: fitting } });
    return only;
  }

  /** The id behind a number of what is still to be handed off, however old and whoever's it is; else the number. */
  async #handedOff(text: string): Promise<string> {
    const beginning = text.trim().toLowerCase();
    for (const state of ['waiting', 'refused'] as const) {
      const rows = await this.all((page) => this.call(handOffRoutes.list, { query: { ...page, state } }));
      const ids = rows.flatMap(({ visit }) => (visit.startsWith(beginning) ? [visit] : []));
      if (beginning !== '' && ids.length > 0) return matchId(ids, text);
    }
    return text;
  }

  /** The visit behind a number: among one's own of a quarter, else among everybody's of three weeks. */
  async #byNumber(text: string): Promise<Visit> {
    const beginning = text.trim().toLowerCase();
    const within = async (back: number, ahead: number, worker?: string) => {
      const period = { from: inDays(-back), to: inDays(ahead) };
      const visits = await this.all((page) =>
        this.call(visitsRoutes.list, { query: { ...page, ...period, worker } }),
      );
      return new Map(visits.filter(({ id }) => id.startsWith(beginning)).map((visit) => [visit.id, visit]));
    };
    const own = await within(30, 60, await this.ownInitials());
    const found = own.size > 0 ? own : await within(7, 14);
    const visit = found.get(matchId([...found.keys()], text));
    if (visit === undefined) throw new CliError('id_unknown', { id: text });
    return visit;
  }

  /** When something happened to a visit: a time of day is one of the visit's own day; nothing given is now. */
  protected happenedAt(phrase: string | undefined, visit: Visit): string | undefined {
    return phrase === undefined ? undefined : readPast(phrase, new Date(), wallTime(visit.at).day).startsAt;
  }

  /** The room that a visit shall have: none, any that is free, or one by its name. */
  protected async roomWish(name: string | undefined): Promise<RoomWish> {
    if (name === undefined) return { kind: 'none' };
    if (name.trim().toLowerCase() === 'any') return { kind: 'any', site: null, needs: [] };
    return { kind: 'room', roomId: (await this.findRoom(name)).id };
  }

  protected async ownInitials(): Promise<string> {
    return (await this.call(identityRoutes.me, {})).staff.initials;
  }

  /**
   * Sends a wish to plan. Where the service warns, the person is asked, or `--anyway` has answered; exactly the warnings
   * that came are then acknowledged, so that none is overruled unseen.
   */
  protected async heeding<Reply>(
    flags: { readonly anyway: boolean },
    send: (acknowledge: VisitWarning[]) => Promise<Reply>,
  ): Promise<Reply> {
    try {
      return await send([]);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'visit_warnings') throw error;
      const parsed = warned.safeParse(error.details.warnings);
      const warnings = parsed.success ? parsed.data : [];
      if (warnings.length === 0 || (!flags.anyway && !canAsk())) throw error;
      for (const warning of warnings) this.note(`! ${word(warningWords, warning)}`);
      if (!flags.anyway) await this.agree(say('Planlæg alligevel?', 'Plan it anyway?'), '--anyway');
      return send(warnings);
    }
  }

  /** Goes on after a yes, and leaves with not_confirmed after anything else. `flag` answers beforehand. */
  protected async agree(question: string, flag: string): Promise<void> {
    const answer = await ask(`${question} ${say('[ja/nej]', '[yes/no]')}`, {
      what: say('svaret', 'the answer'),
      flag,
    });
    if (!/^(j|ja|y|yes)$/i.test(answer)) throw new CliError('not_confirmed', { flag });
  }
}

const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();
