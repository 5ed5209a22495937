import { identityRoutes } from '@naer/core/contract/identity';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { municipalityCard } from '../../ui/municipality.ts';

export default class MunicipalityShow extends NaerCommand {
  static override summary = say(
    'Vis kommunen og dens indstillinger',
    'Show the municipality and its settings',
  );
  static override examples = ['naer municipality show'];

  async run() {
    await this.parse(MunicipalityShow);
    const municipality = await this.call(identityRoutes.showMunicipality, {});
    this.log(municipalityCard(municipality));
    return municipality;
  }
}
