import { type Talk, talksRoutes } from '@naer/core/contract/talks';
import { Args } from '@oclif/core';
import { matchId } from './actions/short-ids.ts';
import { CliError } from './errors/cli-error.ts';
import { say } from './language.ts';
import { VisitsCommand } from './visits-command.ts';

export const talkArg = Args.string({
  required: true,
  description: say(
    'Borgerens kode, eller nummeret fra listen',
    "The citizen's code, or the number from the list",
  ),
});

/** Commands about a wish for a talk name it by its citizen, who has one at a time, or by the number in the table. */
export abstract class TalksCommand extends VisitsCommand {
  /** Of one's own, or of a colleague. @throws CliError id_unknown, id_ambiguous */
  protected async findTalk(text: string, worker: string | undefined): Promise<Talk> {
    const { asked } = await this.call(talksRoutes.list, { query: { worker } });
    const wanted = text.trim().toUpperCase();
    const id =
      asked.find(({ citizen }) => citizen === wanted)?.id ??
      matchId(
        asked.map((one) => one.id),
        text,
      );
    const found = asked.find((one) => one.id === id);
    if (found === undefined) throw new CliError('id_unknown', { id: text });
    return found;
  }
}
