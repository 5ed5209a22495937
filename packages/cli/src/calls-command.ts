import { type Call, callsRoutes, type Seat } from '@naer/core/contract/calls';
import type { Visit } from '@naer/core/contract/visits';
import { pickSeat } from './actions/seats.ts';
import { VisitsCommand } from './visits-command.ts';

/** Commands about calls name them by their visit, and those in them by who they are. */
export abstract class CallsCommand extends VisitsCommand {
  /** The visit by video that somebody means, and its call. */
  protected async findCall(text: string): Promise<{ readonly visit: Visit; readonly call: Call }> {
    const visit = await this.findVisit(text, 'called');
    return { visit, call: await this.call(callsRoutes.show, { params: { id: visit.id } }) };
  }

  /** The seat that is meant in the call of a visit; see `pickSeat`. */
  protected async findSeat(
    text: string,
    who: string | undefined,
    usual: 'who waits' | 'the citizen',
  ): Promise<{ readonly visit: Visit; readonly seat: Seat }> {
    const { visit, call } = await this.findCall(text);
    return { visit, seat: pickSeat(call.seats, who, usual) };
  }
}
