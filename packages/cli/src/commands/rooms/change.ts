import { roomsRoutes } from '@naer/core/contract/rooms';
import { Flags } from '@oclif/core';
import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { roomArg, roomCard, roomFlags, roomInput } from '../../ui/rooms.ts';

export default class RoomsChange extends RoomsCommand {
  static override summary = say(
    'Ret et rum, eller tag det ud af brug',
    'Change a room, or take it out of use',
  );
  static override args = { room: roomArg };
  static override flags = {
    name: Flags.string({ summary: say('Nyt navn', 'New name') }),
    active: Flags.boolean({ summary: say('I brug eller ej', 'In use or not'), allowNo: true }),
    ...roomFlags(),
  };
  static override examples = [
    'naer rooms change "Samtaleboks 1" --buffer 10',
    'naer rooms change "Samtaleboks 1" --no-active',
  ];

  async run() {
    const { args, flags } = await this.parse(RoomsChange);
    const { id } = await this.findRoom(args.room, { inactive: true });
    const room = await this.call(roomsRoutes.changeRoom, {
      params: { id },
      body: { ...roomInput(flags), name: flags.name, active: flags.active },
    });
    this.log(roomCard(room));
    return room;
  }
}
