import { citizensRoutes } from '@naer/core/contract/citizens';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';

export default class LegalBasesAdd extends NaerCommand {
  static override summary = say('Tilføj en paragraf', 'Add a legal basis');
  static override args = {
    code: Args.string({
      required: true,
      description: say('Som den skrives: SEL § 82 a', 'As it is written: SEL § 82 a'),
    }),
    label: Args.string({ required: true, description: say('Hvad den handler om', 'What it is about') }),
  };
  static override examples = ['naer legal-bases add "SEL § 82 a" "Tidlig forebyggende indsats"'];

  async run() {
    const { args } = await this.parse(LegalBasesAdd);
    const basis = await this.call(citizensRoutes.addLegalBasis, {
      body: { code: args.code, label: args.label },
    });
    this.log(say(`${basis.code} kan nu bruges.`, `${basis.code} can now be used.`));
    return basis;
  }
}
