import { roomsRoutes } from '@naer/core/contract/rooms';
import { readSpan } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { bookingText, forFlag, minutesFlag, roomArg, timeArg } from '../../ui/rooms.ts';

export default class RoomsBook extends RoomsCommand {
  static override summary = say('Book et rum', 'Book a room');
  static override description = say(
    'Er rummet taget, får du det nærmeste ledige som kommandoer, der kan sættes ind.',
    'If the room is taken, you get the nearest free ones as commands to paste.',
  );
  static override args = { room: roomArg, time: timeArg };
  static override flags = { for: forFlag, minutes: minutesFlag };
  static override examples = [
    say(
      'naer rooms book "Rådhuset/Samtaleboks 1" "i morgen 10-10.30"',
      'naer rooms book "Rådhuset/Samtaleboks 1" "tomorrow 10-10:30"',
    ),
    say(
      'naer rooms book "Samtaleboks 1" "tirsdag uge 48 9-9.30" --for BM13',
      'naer rooms book "Samtaleboks 1" "tuesday week 48 9-9:30" --for BM13',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(RoomsBook);
    const time = readSpan(args.time, new Date(), flags.minutes);
    const room = await this.findRoom(args.room);
    const booking = await this.call(roomsRoutes.book, {
      body: { roomId: room.id, worker: flags.for, ...time },
    });
    this.log(bookingText(booking));
    return booking;
  }
}
