import { importsRoutes } from '@naer/core/contract/imports';
import { ExportCommand } from '../../export-command.ts';
import { say } from '../../language.ts';

export default class StaffExport extends ExportCommand {
  static override summary = say(
    'Skriv medarbejdere som CSV, der kan indlæses igen',
    'Write staff as CSV that import takes',
  );
  static override examples = ['naer staff export > staff.csv', 'naer staff export staff.csv'];

  async run() {
    const { args, flags } = await this.parse(StaffExport);
    return this.save(args.file, flags, async () => (await this.client()).open(importsRoutes.exportStaff, {}));
  }
}
