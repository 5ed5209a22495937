import { citizensRoutes } from '@naer/core/contract/citizens';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { column } from '../../ui/table.ts';

type Basis = { readonly code: string; readonly label: string };

export default class LegalBasesList extends NaerCommand {
  static override summary = say('Vis paragraffer', 'List legal bases');
  static override flags = listFlags;
  static override examples = ['naer legal-bases list'];

  async run() {
    const { flags } = await this.parse(LegalBasesList);
    const columns = [
      column(say('Paragraf', 'Code'), 'code', (basis: Basis) => basis.code),
      column(say('Betegnelse', 'Label'), 'label', (basis: Basis) => basis.label),
    ];
    return this.list(flags, columns, () => this.call(citizensRoutes.listLegalBases, {}));
  }
}
