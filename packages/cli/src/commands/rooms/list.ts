import { roomsRoutes } from '@naer/core/contract/rooms';
import { Flags } from '@oclif/core';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { roomColumns } from '../../ui/rooms.ts';

export default class RoomsList extends NaerCommand {
  static override summary = say('Vis rum', 'List rooms');
  static override flags = {
    ...listFlags,
    site: Flags.string({ summary: say('Kun på dette sted', 'Only at this site') }),
    inactive: Flags.boolean({ summary: say('Også dem, der ikke bruges', 'Also those not in use') }),
  };
  static override examples = ['naer rooms list', 'naer rooms list --site Rådhuset --csv'];

  async run() {
    const { flags } = await this.parse(RoomsList);
    const inactive = flags.inactive ? 'true' : 'false';
    return this.list(flags, roomColumns(), (page) =>
      this.call(roomsRoutes.listRooms, { query: { ...page, site: flags.site, inactive } }),
    );
  }
}
