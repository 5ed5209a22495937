import { say } from '../../language.ts';
import { PreparationCommand } from '../../preparation-command.ts';

export default class ProgrammeInformed extends PreparationCommand {
  static override summary = say(
    'Hvem der er orienteret om datasikkerhed; skriv flere på',
    'Who was informed on data security; record more',
  );
  static override examples = ['naer programme informed', 'naer programme informed BM13 BM14 --on 2026-02-10'];
  protected override readonly kind = 'informed';
}
