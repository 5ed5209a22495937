import { identityRoutes } from '@naer/core/contract/identity';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';

export default class TeamRename extends NaerCommand {
  static override summary = say('Giv et team et nyt navn', 'Rename a team');
  static override args = {
    team: Args.string({ required: true, description: say('Navnet nu', 'Its name now') }),
    name: Args.string({ required: true, description: say('Det nye navn', 'The new name') }),
  };
  static override examples = ['naer team rename "Team Midt" "Team Center"'];

  async run() {
    const { args } = await this.parse(TeamRename);
    const { items } = await this.call(identityRoutes.listTeams, {});
    const known = items.find((team) => team.name.toLowerCase() === args.team.trim().toLowerCase());
    if (known === undefined)
      throw new CliError('team_unknown', {
        team: args.team,
        known: items.map((team) => team.name).join(', '),
      });
    const team = await this.call(identityRoutes.renameTeam, {
      params: { id: known.id },
      body: { name: args.name },
    });
    this.log(say(`${known.name} hedder nu ${team.name}.`, `${known.name} is now called ${team.name}.`));
    return team;
  }
}
