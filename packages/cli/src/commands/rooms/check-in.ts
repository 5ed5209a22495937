import { identityRoutes } from '@naer/core/contract/identity';
import { roomsRoutes } from '@naer/core/contract/rooms';
import { Args } from '@oclif/core';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { bookingText } from '../../ui/rooms.ts';

const earliestMs = 15 * 60_000;

export default class RoomsCheckIn extends RoomsCommand {
  static override summary = say('Tjek ind i dit rum', 'Check in to your room');
  static override description = say(
    'Uden nummer: den booking, du har nu eller om højst et kvarter. Et rum, ingen tjekker ind i, frigives.',
    'Without a number: the booking you hold now or within a quarter of an hour. A room nobody checks in to is released.',
  );
  static override args = {
    booking: Args.string({
      description: say('Nummeret fra »naer rooms bookings«', 'The number from "naer rooms bookings"'),
    }),
  };
  static override examples = ['naer rooms check-in', 'naer rooms check-in 3f0c2a52'];

  async run() {
    const { args } = await this.parse(RoomsCheckIn);
    const id = args.booking === undefined ? await this.#current() : await this.findBooking(args.booking);
    const booking = await this.call(roomsRoutes.checkIn, { params: { id } });
    this.log(bookingText(booking));
    return booking;
  }

  async #current(): Promise<string> {
    const now = Date.now();
    const { staff } = await this.call(identityRoutes.me, {});
    const period = { from: new Date(now).toISOString(), to: new Date(now + earliestMs).toISOString() };
    const { items } = await this.call(roomsRoutes.listBookings, {
      query: { ...period, worker: staff.initials, state: 'booked' },
    });
    const first = [...items].sort((a, b) => a.startsAt.localeCompare(b.startsAt))[0];
    if (first === undefined) throw new CliError('no_booking_now');
    return first.id;
  }
}
