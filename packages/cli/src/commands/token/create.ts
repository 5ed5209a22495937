import { identityRoutes } from '@naer/core/contract/identity';
import { permissions } from '@naer/core/contract/permissions';
import { Args, Flags } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { pickAll } from '../../ui/choices.ts';
import { renderCard } from '../../ui/table.ts';
import { moment } from '../../ui/time.ts';

export default class TokenCreate extends NaerCommand {
  static override summary = say('Lav en adgangsnøgle', 'Create an access token');
  static override description = say('Nøglen vises kun denne ene gang.', 'The token is shown this once only.');
  static override args = {
    name: Args.string({ required: true, description: say('Hvad den er til', 'What it is for') }),
  };
  static override flags = {
    for: Flags.string({
      summary: say('Til en anden medarbejder', 'For another member of staff'),
      helpValue: 'BM13',
    }),
    days: Flags.integer({
      summary: say('Dage, den gælder', 'Days it is valid'),
      default: 90,
      min: 1,
      max: 366,
      helpValue: 'N',
    }),
    scopes: Flags.string({
      summary: say('Kun disse rettigheder, med komma', 'These permissions only, with commas'),
      description: permissions.join(', '),
    }),
  };
  static override examples = [
    'naer token create laptop',
    'naer token create tavle --scopes rooms:read,events:read --days 30',
  ];

  async run() {
    const { args, flags } = await this.parse(TokenCreate);
    const known = Object.fromEntries(
      permissions.map((permission) => [permission, [permission, permission]] as const),
    ) as Record<(typeof permissions)[number], readonly [string, string]>;
    const token = await this.call(identityRoutes.createToken, {
      body: {
        name: args.name,
        owner: flags.for?.toUpperCase(),
        days: flags.days,
        scopes: pickAll(known, flags.scopes, '--scopes') ?? null,
      },
    });
    this.log(
      renderCard([
        [say('Adgangsnøgle', 'Token'), token.secret ?? ''],
        [say('Ejer', 'Owner'), token.owner],
        [say('Gælder til', 'Valid until'), moment(token.expiresAt)],
      ]),
    );
    this.note(
      say('Gem den et sikkert sted. Den vises ikke igen.', 'Keep it in a safe place. It is not shown again.'),
    );
    return token;
  }
}
