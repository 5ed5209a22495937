import { roomsRoutes } from '@naer/core/contract/rooms';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { roomCard, roomFlags, roomInput } from '../../ui/rooms.ts';

export default class RoomsAdd extends NaerCommand {
  static override summary = say('Opret et rum', 'Register a room');
  static override description = say(
    'Stedet oprettes, hvis det ikke findes.',
    'The site is made if it does not exist.',
  );
  static override args = {
    room: Args.string({ required: true, description: say('"sted/navn"', '"site/name"') }),
  };
  static override flags = roomFlags();
  static override examples = [
    'naer rooms add "Rådhuset/Samtaleboks 9" --kind booth --features camera,wired,quiet --buffer 5',
  ];

  async run() {
    const { args, flags } = await this.parse(RoomsAdd);
    const [site, ...name] = args.room.split('/').map((part) => part.trim());
    if (!site || name.length === 0) throw new CliError('site_missing', { room: args.room });
    const room = await this.call(roomsRoutes.registerRoom, {
      body: { ...roomInput(flags), site, name: name.join('/') },
    });
    this.log(roomCard(room));
    return room;
  }
}
