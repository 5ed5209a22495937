import { ImportCommand } from '../../import-command.ts';
import { say } from '../../language.ts';

export default class RoomsImport extends ImportCommand {
  static override summary = say('Indlæs rum fra et regneark', 'Import rooms from a spreadsheet');
  static override examples = ['naer rooms import rum.tsv --dry-run', 'naer rooms import rum.tsv'];
  protected override readonly kind = 'rooms';
}
