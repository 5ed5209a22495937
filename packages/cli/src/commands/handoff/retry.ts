import { handOffRoutes } from '@naer/core/contract/hand-off';
import { Args } from '@oclif/core';
import { isId, matchId } from '../../actions/short-ids.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { stateText } from '../../ui/hand-off.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class HandOffRetry extends VisitsCommand {
  static override summary = say(
    'Kald fagsystemet igen om det, det afviste',
    'Call the case system again about what it refused',
  );
  static override args = {
    visit: Args.string({
      required: true,
      description: say(
        'Nummeret fra »naer handoff list --state refused«',
        'The number from "naer handoff list --state refused"',
      ),
    }),
  };
  static override examples = ['naer handoff retry 3f0c2a52'];

  async run() {
    const { args } = await this.parse(HandOffRetry);
    const id = isId(args.visit) ? args.visit : await this.#byVisit(args.visit);
    const handed = await this.call(handOffRoutes.retry, { params: { id } });
    this.log(`${handed.citizen}: ${stateText(handed)}.`);
    return handed;
  }

  /** The refused hand-off of a visit, by the number in the list; a whole id is the hand-off's own. */
  async #byVisit(text: string): Promise<string> {
    const refused = await this.all((page) =>
      this.call(handOffRoutes.list, { query: { ...page, state: 'refused' } }),
    );
    const begun = refused.filter(({ visit }) => visit.startsWith(text.trim().toLowerCase()));
    const [first] = begun;
    if (first === undefined) throw new CliError('nothing_refused', { id: text });
    const visit = matchId(
      begun.map((each) => each.visit),
      text,
    );
    return begun.find((each) => each.visit === visit)?.id ?? first.id;
  }
}
