import { ImportCommand } from '../../import-command.ts';
import { say } from '../../language.ts';

export default class StaffImport extends ImportCommand {
  static override summary = say('Indlæs medarbejdere fra et regneark', 'Import staff from a spreadsheet');
  static override examples = [
    'naer staff import medarbejdere.csv --dry-run',
    'naer staff import medarbejdere.csv',
  ];
  protected override readonly kind = 'staff';
}
