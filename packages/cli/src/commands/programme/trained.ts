import { say } from '../../language.ts';
import { PreparationCommand } from '../../preparation-command.ts';

export default class ProgrammeTrained extends PreparationCommand {
  static override summary = say('Hvem der er oplært; skriv flere på', 'Who was trained; record more');
  static override examples = ['naer programme trained', 'naer programme trained BM13 BM14 --on 2026-02-10'];
  protected override readonly kind = 'trained';
}
