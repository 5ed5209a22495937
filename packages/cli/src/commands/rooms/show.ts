import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { roomArg, roomCard } from '../../ui/rooms.ts';

export default class RoomsShow extends RoomsCommand {
  static override summary = say('Vis et rum', 'Show a room');
  static override args = { room: roomArg };
  static override examples = ['naer rooms show "Rådhuset/Samtaleboks 1"'];

  async run() {
    const { args } = await this.parse(RoomsShow);
    const room = await this.findRoom(args.room, { inactive: true });
    this.log(roomCard(room));
    return room;
  }
}
