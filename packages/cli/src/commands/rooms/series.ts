import { roomsRoutes } from '@naer/core/contract/rooms';
import { Flags } from '@oclif/core';
import { readRrule } from '../../actions/rrule.ts';
import { shortId } from '../../actions/short-ids.ts';
import { readDay, readSpan } from '../../actions/times.ts';
import { counted, say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';
import { bookingColumns, forFlag, minutesFlag, roomArg, skippedText, timeArg } from '../../ui/rooms.ts';

export default class RoomsSeries extends RoomsCommand {
  static override summary = say('Book et rum igen og igen', 'Book a room again and again');
  static override description = say(
    'Alt eller intet: er én gang optaget, bookes ingen, medmindre du bruger --skip-conflicts. Klokkeslættet holder hen over sommertid.',
    'All or nothing: if one time is taken none is booked, unless you use --skip-conflicts. The time of day holds across summer time.',
  );
  static override args = { room: roomArg, time: timeArg };
  static override flags = {
    weekly: Flags.boolean({
      summary: say('Hver uge', 'Every week'),
      exclusive: ['fortnightly', 'workdays', 'rrule'],
    }),
    fortnightly: Flags.boolean({
      summary: say('Hver anden uge', 'Every other week'),
      exclusive: ['workdays', 'rrule'],
    }),
    workdays: Flags.boolean({ summary: say('Hver hverdag', 'Every workday'), exclusive: ['rrule'] }),
    times: Flags.integer({
      summary: say('Så mange gange', 'So many times'),
      min: 1,
      max: 400,
      helpValue: 'N',
      exclusive: ['until', 'rrule'],
    }),
    until: Flags.string({
      summary: say('Til og med denne dag', 'Until this day'),
      helpValue: say('DAG', 'DAY'),
      exclusive: ['rrule'],
    }),
    rrule: Flags.string({ summary: say('Egen regel efter RFC 5545', 'A rule of your own, RFC 5545') }),
    'skip-conflicts': Flags.boolean({
      summary: say('Spring det over, der er optaget, og vis det', 'Skip what is taken, and list it'),
    }),
    for: forFlag,
    minutes: minutesFlag,
  };
  static override examples = [
    say(
      'naer rooms series "Samtaleboks 1" "tirsdag 10-10.30" --weekly --times 10',
      'naer rooms series "Samtaleboks 1" "tuesday 10-10:30" --weekly --times 10',
    ),
    'naer rooms series Stillerum "24/11 9-9.30" --rrule "FREQ=MONTHLY;COUNT=6"',
  ];

  async run() {
    const { args, flags } = await this.parse(RoomsSeries);
    const now = new Date();
    const rrule = readRrule({ ...flags, until: readDay(flags.until, now) });
    const time = readSpan(args.time, now, flags.minutes);
    const room = await this.findRoom(args.room);
    const series = await this.call(roomsRoutes.bookSeries, {
      body: { roomId: room.id, worker: flags.for, ...time, rrule, skipConflicts: flags['skip-conflicts'] },
    });
    this.show({}, series.bookings, bookingColumns());
    if (series.skipped.length > 0) this.log(`\n${skippedText(series.skipped)}`);
    const times = counted(series.bookings.length, ['gang', 'gange'], ['time', 'times']);
    this.log(
      say(
        `\nBooket ${times}. Rækkens nr. er ${shortId(series.id)}.`,
        `\nBooked ${times}. The series is no. ${shortId(series.id)}.`,
      ),
    );
    if (series.bookings.length === 0) this.negative();
    return series;
  }
}
