import { roomsRoutes } from '@naer/core/contract/rooms';
import { Flags } from '@oclif/core';
import { readSpan } from '../../actions/times.ts';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { alternativeLines } from '../../ui/alternatives.ts';
import { choices, pickAll } from '../../ui/choices.ts';
import { minutesFlag, roomColumns, timeArg } from '../../ui/rooms.ts';
import { span } from '../../ui/time.ts';
import { featureWords } from '../../ui/words.ts';

export default class RoomsFree extends NaerCommand {
  static override summary = say('Find et ledigt rum', 'Find a free room');
  static override description = say(
    'Er intet ledigt, vises det nærmeste, og afslutningskoden er 1.',
    'Where nothing is free the nearest is shown, and the exit code is 1.',
  );
  static override args = { time: timeArg };
  static override flags = {
    csv: listFlags.csv,
    needs: Flags.string(
      choices(featureWords, say('Det skal rummet have, med komma', 'What the room must have, with commas')),
    ),
    seats: Flags.integer({
      summary: say('Mindst så mange pladser', 'At least so many seats'),
      min: 1,
      helpValue: 'N',
    }),
    site: Flags.string({ summary: say('Kun på dette sted', 'Only at this site') }),
    minutes: minutesFlag,
  };
  static override examples = [
    say('naer rooms free "i morgen 10-10.30"', 'naer rooms free "tomorrow 10-10:30"'),
    say(
      'naer rooms free "tirsdag 10-11" --needs camera,quiet',
      'naer rooms free "tuesday 10-11" --needs camera,quiet',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(RoomsFree);
    const time = readSpan(args.time, new Date(), flags.minutes);
    const needs = pickAll(featureWords, flags.needs, '--needs')?.join(',');
    const found = await this.call(roomsRoutes.findFree, {
      query: { ...time, needs, seats: flags.seats, site: flags.site },
    });
    const when = span(time.startsAt, time.endsAt);
    if (found.items.length > 0 || flags.csv) {
      if (!flags.csv) this.log(say(`Ledigt ${when}:`, `Free ${when}:`));
      this.show(flags, found.items, roomColumns());
    } else {
      const nearest = alternativeLines(found.nearest, []);
      this.log([say(`Intet rum er ledigt ${when}.`, `No room is free ${when}.`), ...nearest].join('\n'));
    }
    if (found.items.length === 0) this.negative();
    return found;
  }
}
