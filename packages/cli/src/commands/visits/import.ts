import { ImportCommand } from '../../import-command.ts';
import { say } from '../../language.ts';

export default class VisitsImport extends ImportCommand {
  static override summary = say('Indlæs besøg fra et regneark', 'Import visits from a spreadsheet');
  static override examples = ['naer visits import besøg.csv --dry-run', 'naer visits import besøg.csv'];
  protected override readonly kind = 'visits';
}
