import { ImportCommand } from '../../import-command.ts';
import { say } from '../../language.ts';

export default class CitizensImport extends ImportCommand {
  static override summary = say('Indlæs borgere fra et regneark', 'Import citizens from a spreadsheet');
  static override examples = [
    'naer citizens import borgere.csv --dry-run',
    'naer citizens import borgere.csv --map "Sagsnr=reference" --map "Borger=name"',
  ];
  protected override readonly kind = 'citizens';
}
