import { identityRoutes } from '@naer/core/contract/identity';
import { Flags } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { municipalityCard } from '../../ui/municipality.ts';

export default class MunicipalityChange extends NaerCommand {
  static override summary = say(
    'Ret kommunens navn eller indstillinger',
    "Change the municipality's name or settings",
  );
  static override flags = {
    name: Flags.string({ summary: say('Kommunens navn', 'Its name') }),
    'check-in-grace': Flags.integer({
      summary: say(
        'Minutter efter start, før et rum frigives',
        'Minutes after the start before a room is released',
      ),
      helpValue: 'MIN',
    }),
  };
  static override examples = ['naer municipality change --check-in-grace 10'];

  async run() {
    const { flags } = await this.parse(MunicipalityChange);
    const municipality = await this.call(identityRoutes.changeMunicipality, {
      body: { name: flags.name, checkInGraceMinutes: flags['check-in-grace'] },
    });
    this.log(municipalityCard(municipality));
    return municipality;
  }
}
