import { roomsRoutes } from '@naer/core/contract/rooms';
import { Args } from '@oclif/core';
import { say } from '../../language.ts';
import { RoomsCommand } from '../../rooms-command.ts';

export default class RoomsSeriesCancel extends RoomsCommand {
  static override summary = say('Aflys resten af en række', 'Cancel what is left of a series');
  static override args = {
    series: Args.string({
      required: true,
      description: say(
        'Rækkens nummer, eller en af dens bookingers',
        'The number of the series, or of one of its bookings',
      ),
    }),
  };
  static override examples = ['naer rooms series-cancel 3f0c2a52'];

  async run() {
    const { args } = await this.parse(RoomsSeriesCancel);
    const series = await this.call(roomsRoutes.cancelSeries, {
      params: { id: await this.findSeries(args.series) },
    });
    const count = series.bookings.filter((booking) => booking.state === 'cancelled').length;
    this.log(say(`Rækken er aflyst (${count} bookinger).`, `The series is cancelled (${count} bookings).`));
    return series;
  }
}
