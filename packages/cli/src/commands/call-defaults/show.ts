import { groundRulesRoutes } from '@naer/core/contract/ground-rules';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { callDefaultsCard } from '../../ui/ground-rules.ts';

export default class CallDefaultsShow extends NaerCommand {
  static override summary = say(
    'Vis kommunens egne regler for samtaler',
    "Show the municipality's own rules for calls",
  );
  static override examples = ['naer call-defaults show'];

  async run() {
    await this.parse(CallDefaultsShow);
    const defaults = await this.call(groundRulesRoutes.showDefaults, {});
    this.log(callDefaultsCard(defaults));
    return defaults;
  }
}
