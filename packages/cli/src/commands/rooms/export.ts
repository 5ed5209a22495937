import { importsRoutes } from '@naer/core/contract/imports';
import { ExportCommand } from '../../export-command.ts';
import { say } from '../../language.ts';

export default class RoomsExport extends ExportCommand {
  static override summary = say(
    'Skriv rum som CSV, der kan indlæses igen',
    'Write rooms as CSV that import takes',
  );
  static override examples = ['naer rooms export > rooms.csv', 'naer rooms export rooms.csv'];

  async run() {
    const { args, flags } = await this.parse(RoomsExport);
    return this.save(args.file, flags, async () => (await this.client()).open(importsRoutes.exportRooms, {}));
  }
}
