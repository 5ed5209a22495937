import { type Booking, type Room, roomsRoutes } from '@naer/core/contract/rooms';
import { matchRoom } from './actions/rooms.ts';
import { isId, matchId } from './actions/short-ids.ts';
import { NaerCommand } from './base-command.ts';

const dayMs = 86_400_000;

/** Commands about rooms find them by what people call them, and bookings by the number in the table. */
export abstract class RoomsCommand extends NaerCommand {
  protected async findRoom(text: string, wish: { readonly inactive?: boolean } = {}): Promise<Room> {
    const inactive = wish.inactive ? 'true' : 'false';
    return matchRoom(
      await this.all((page) => this.call(roomsRoutes.listRooms, { query: { ...page, inactive } })),
      text,
    );
  }

  /** The id of a booking from yesterday on, by its number. */
  protected async findBooking(text: string): Promise<string> {
    return isId(text)
      ? text
      : matchId(
          (await this.#bookings()).map((booking) => booking.id),
          text,
        );
  }

  /** The id of a series: its own, or the number of one of its bookings. */
  protected async findSeries(text: string): Promise<string> {
    if (isId(text)) return text;
    const inSeries = (await this.#bookings()).filter((booking) => booking.seriesId !== null);
    const id = matchId(
      inSeries.flatMap((booking) => [booking.id, booking.seriesId ?? []].flat()),
      text,
    );
    return inSeries.find((booking) => booking.id === id)?.seriesId ?? id;
  }

  #bookings(): Promise<readonly Booking[]> {
    const from = new Date(Date.now() - dayMs).toISOString();
    return this.all((page) => this.call(roomsRoutes.listBookings, { query: { ...page, from } }));
  }
}
