import { identityRoutes } from '@naer/core/contract/identity';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';

export default class TeamAdd extends NaerCommand {
  static override summary = say('Opret et team', 'Create a team');
  static override args = {
    name: Args.string({ required: true, description: say('Teamets navn', 'Name of the team') }),
  };
  static override examples = ['naer team add "Team Midt"'];

  async run() {
    const { args } = await this.parse(TeamAdd);
    const team = await this.call(identityRoutes.createTeam, { body: { name: args.name } });
    this.log(say(`Teamet ${team.name} er oprettet.`, `The team ${team.name} has been created.`));
    return team;
  }
}
