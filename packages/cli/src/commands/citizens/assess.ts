import { citizensRoutes } from '@naer/core/contract/citizens';
import { Args, Flags } from '@oclif/core';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { choices, pick, pickAll } from '../../ui/choices.ts';
import { codeArg } from '../../ui/citizens.ts';
import { dayText } from '../../ui/time.ts';
import { outcomeWords, suitabilityReasonWords, word } from '../../ui/words.ts';

export default class CitizensAssess extends CitizensCommand {
  static override summary = say('Notér en vurdering af egnethed', 'Record a suitability assessment');
  static override args = {
    code: codeArg,
    outcome: Args.string({
      required: true,
      description: `${say('Udfald', 'Outcome')}: ${Object.keys(outcomeWords).join(', ')}`,
    }),
  };
  static override flags = {
    reasons: Flags.string(choices(suitabilityReasonWords, say('Grunde, med komma', 'Reasons, with commas'))),
    'with-citizen': Flags.boolean({
      summary: say('Gjort sammen med borgeren', 'Made together with the citizen'),
      allowNo: true,
      required: true,
    }),
    on: Flags.string({
      summary: say('Dagen, hvis det ikke er i dag', 'The day, if not today'),
      helpValue: say('DAG', 'DAY'),
    }),
  };
  static override examples = [
    'naer citizens assess B-7KQ25 suited-with-help --with-citizen --reasons wishes-video',
  ];

  async run() {
    const { args, flags } = await this.parse(CitizensAssess);
    const assessment = await this.call(citizensRoutes.assess, {
      params: { code: args.code },
      body: {
        outcome: pick(outcomeWords, args.outcome, say('udfaldet', 'the outcome')),
        reasons: pickAll(suitabilityReasonWords, flags.reasons, '--reasons'),
        withCitizen: flags['with-citizen'],
        on: flags.on === undefined ? undefined : this.day(flags.on),
      },
    });
    this.log(`${args.code}: ${word(outcomeWords, assessment.outcome)}, ${dayText(assessment.on)}.`);
    return assessment;
  }
}
