import { roomsRoutes, type Site } from '@naer/core/contract/rooms';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { column } from '../../ui/table.ts';

export default class SitesList extends NaerCommand {
  static override summary = say('Vis steder', 'List sites');
  static override flags = listFlags;
  static override examples = ['naer sites list'];

  async run() {
    const { flags } = await this.parse(SitesList);
    return this.list(flags, [column(say('Navn', 'Name'), 'name', (site: Site) => site.name)], () =>
      this.call(roomsRoutes.listSites, {}),
    );
  }
}
