import { roomsRoutes } from '@naer/core/contract/rooms';
import { Flags } from '@oclif/core';
import { readSpan } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { bookingArg, bookingText, minutesFlag, timeArg } from '../../ui/rooms.ts';

export default class RoomsMove extends RoomsCommand {
  static override summary = say('Flyt en booking', 'Move a booking');
  static override args = { booking: bookingArg, time: timeArg };
  static override flags = {
    room: Flags.string({ summary: say('Til dette rum', 'To this room') }),
    minutes: minutesFlag,
  };
  static override examples = [
    say('naer rooms move 3f0c2a52 "i morgen 11-11.30"', 'naer rooms move 3f0c2a52 "tomorrow 11-11:30"'),
  ];

  async run() {
    const { args, flags } = await this.parse(RoomsMove);
    const time = readSpan(args.time, new Date(), flags.minutes);
    const roomId = flags.room === undefined ? undefined : (await this.findRoom(flags.room)).id;
    const id = await this.findBooking(args.booking);
    const booking = await this.call(roomsRoutes.moveBooking, { params: { id }, body: { roomId, ...time } });
    this.log(bookingText(booking));
    return booking;
  }
}
