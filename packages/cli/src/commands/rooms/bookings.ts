import { identityRoutes } from '@naer/core/contract/identity';
import { roomsRoutes } from '@naer/core/contract/rooms';
import { Flags } from '@oclif/core';
import { readPeriod } from '../../actions/times.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { choice, pick } from '../../ui/choices.ts';
import { bookingColumns, forFlag } from '../../ui/rooms.ts';
import { bookingWords } from '../../ui/words.ts';

export default class RoomsBookings extends RoomsCommand {
  static override summary = say('Vis bookinger', 'List bookings');
  static override description = say(
    'Uden --on vises det, der kommer, og det, der er i gang.',
    'Without --on it shows what is to come and what is on.',
  );
  static override flags = {
    ...listFlags,
    on: Flags.string({
      summary: say(
        'Hvornår: "i dag", "tirsdag uge 48", "i morgen 8-12"',
        'When: "today", "tuesday week 48", "tomorrow 8-12"',
      ),
      helpValue: say('TID', 'TIME'),
    }),
    room: Flags.string({ summary: say('Kun dette rum', 'Only this room') }),
    worker: Flags.string({
      summary: say('Kun denne medarbejder', 'Only this member of staff'),
      helpValue: 'BM13',
      parse: forFlag.parse,
    }),
    mine: Flags.boolean({ summary: say('Kun mine', 'Only mine'), exclusive: ['worker'] }),
    state: choice(bookingWords, say('Kun i denne stand', 'Only in this state')),
  };
  static override examples = [
    'naer rooms bookings --mine',
    say(
      'naer rooms bookings --on "i morgen" --room "Samtaleboks 1"',
      'naer rooms bookings --on tomorrow --room "Samtaleboks 1"',
    ),
  ];

  async run() {
    const { flags } = await this.parse(RoomsBookings);
    const now = new Date();
    const period = flags.on === undefined ? { from: now.toISOString() } : readPeriod(flags.on, now);
    const room =
      flags.room === undefined ? undefined : (await this.findRoom(flags.room, { inactive: true })).id;
    const worker = flags.mine ? (await this.call(identityRoutes.me, {})).staff.initials : flags.worker;
    const state = pick(bookingWords, flags.state, '--state');
    return this.list(flags, bookingColumns(), (page) =>
      this.call(roomsRoutes.listBookings, { query: { ...page, ...period, room, worker, state } }),
    );
  }
}
