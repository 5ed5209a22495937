import { randomUUID } from 'node:crypto';
import type { Booking } from '../../contract/index.ts';
import type { Outbox, Tx } from '../../storage/index.ts';

export interface Messaging {
  /** Tells the municipality's calendar system, where one is set up, that a booking was made or changed. */
  bookingChanged(tx: Tx, booking: Booking): Promise<void>;
}

export const webhookKind = 'webhook';

export function createMessaging({
  outbox,
  hasWebhook,
}: {
  readonly outbox: Outbox;
  readonly hasWebhook: boolean;
}): Messaging {
  return {
    bookingChanged: async (tx, booking) => {
      if (!hasWebhook) return;
      const { id, room, worker, startsAt, endsAt, state } = booking;
      await outbox.append(tx, {
        kind: webhookKind,
        // Each change is a message of its own: a booking that is moved away and back is told of three times.
        idempotencyKey: `booking:${id}:${randomUUID()}`,
        payload: {
          type: 'booking.changed',
          booking: id,
          room: room.id,
          roomName: `${room.site}/${room.name}`,
          worker,
          startsAt,
          endsAt,
          state,
        },
      });
    },
  };
}
