import { roomsRoutes } from '@naer/core/contract/rooms';
import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { bookingArg } from '../../ui/rooms.ts';
import { span } from '../../ui/time.ts';

export default class RoomsCancel extends RoomsCommand {
  static override summary = say('Aflys en booking', 'Cancel a booking');
  static override args = { booking: bookingArg };
  static override examples = ['naer rooms cancel 3f0c2a52'];

  async run() {
    const { args } = await this.parse(RoomsCancel);
    const booking = await this.call(roomsRoutes.cancel, {
      params: { id: await this.findBooking(args.booking) },
    });
    const what = `${booking.room.site}/${booking.room.name}, ${span(booking.startsAt, booking.endsAt)}`;
    this.log(say(`Aflyst: ${what}.`, `Cancelled: ${what}.`));
    return booking;
  }
}
