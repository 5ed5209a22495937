import { identityRoutes } from '@naer/core/contract/identity';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { column } from '../../ui/table.ts';

export default class TeamList extends NaerCommand {
  static override summary = say('Vis teams', 'List teams');
  static override flags = listFlags;
  static override examples = ['naer team list'];

  async run() {
    const { flags } = await this.parse(TeamList);
    const columns = [column(say('Navn', 'Name'), 'name', (team: { name: string }) => team.name)];
    return this.list(flags, columns, () => this.call(identityRoutes.listTeams, {}));
  }
}
