import { identityRoutes } from '@naer/core/contract/identity';
import { Args, Flags } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { renderCard } from '../../ui/table.ts';

export default class MunicipalityCreate extends NaerCommand {
  static override summary = say(
    'Opret en kommune med dens første administrator (drift)',
    'Create a municipality with its first administrator (operator)',
  );
  static override args = {
    name: Args.string({ required: true, description: say('Kommunens navn', 'Its name') }),
  };
  static override flags = {
    'admin-initials': Flags.string({
      required: true,
      summary: say('Administratorens initialer', "The administrator's initials"),
      helpValue: 'ADM',
    }),
    'admin-name': Flags.string({
      required: true,
      summary: say('Administratorens navn', "The administrator's name"),
    }),
    'admin-email': Flags.string({ summary: say('Administratorens e-mail', "The administrator's e-mail") }),
  };
  static override examples = ['naer municipality create Nordby --admin-initials ADM --admin-name "Anna Dam"'];

  async run() {
    const { args, flags } = await this.parse(MunicipalityCreate);
    const created = await this.call(identityRoutes.createMunicipality, {
      body: {
        name: args.name,
        administrator: {
          initials: flags['admin-initials'].toUpperCase(),
          name: flags['admin-name'],
          email: flags['admin-email'] ?? null,
        },
      },
    });
    this.log(
      renderCard([
        [say('Kommune', 'Municipality'), created.name],
        [say('Adgangsnøgle', 'Token'), created.adminToken ?? ''],
      ]),
    );
    this.note(
      say(
        'Nøglen vises kun nu. Giv den til administratoren på en sikker måde.',
        'The token is shown only now. Hand it to the administrator in a safe way.',
      ),
    );
    return created;
  }
}
