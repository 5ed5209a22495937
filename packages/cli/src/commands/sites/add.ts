import { roomsRoutes } from '@naer/core/contract/rooms';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';

export default class SitesAdd extends NaerCommand {
  static override summary = say('Opret et sted', 'Create a site');
  static override args = {
    name: Args.string({ required: true, description: say('Stedets navn', 'Its name') }),
  };
  static override examples = ['naer sites add Rådhuset'];

  async run() {
    const { args } = await this.parse(SitesAdd);
    const site = await this.call(roomsRoutes.createSite, { body: { name: args.name } });
    this.log(say(`Stedet ${site.name} er oprettet.`, `The site ${site.name} has been created.`));
    return site;
  }
}
