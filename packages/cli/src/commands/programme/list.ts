import { programmeRoutes } from '@naer/core/contract/programme';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { programmeColumns } from '../../ui/programme.ts';

export default class ProgrammeList extends ProgrammeCommand {
  static override summary = say('Vis programmerne', 'List the programmes');
  static override flags = { csv: listFlags.csv };
  static override examples = ['naer programme list', 'naer programme list --json'];

  async run() {
    const { flags } = await this.parse(ProgrammeList);
    const { items } = await this.call(programmeRoutes.list, {});
    this.show(flags, items, programmeColumns());
    return items;
  }
}
