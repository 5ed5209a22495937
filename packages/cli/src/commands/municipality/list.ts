import { identityRoutes, type Municipality } from '@naer/core/contract/identity';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { column } from '../../ui/table.ts';

export default class MunicipalityList extends NaerCommand {
  static override summary = say('Vis alle kommuner (drift)', 'List all municipalities (operator)');
  static override flags = listFlags;
  static override examples = ['naer municipality list'];

  async run() {
    const { flags } = await this.parse(MunicipalityList);
    const columns = [
      column(say('Navn', 'Name'), 'name', (m: Municipality) => m.name),
      column('Demo', 'isDemo', (m: Municipality) => (m.isDemo ? say('ja', 'yes') : '')),
    ];
    return this.list(flags, columns, () => this.call(identityRoutes.listMunicipalities, {}));
  }
}
