import { programmeRoutes } from '@naer/core/contract/programme';
import { Args } from '@oclif/core';
import { readPastDay } from '../../actions/past-days.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { askChoice } from '../../ui/choices.ts';
import { dateText } from '../../ui/figures.ts';
import { onFlag, programmeFlag, referenceFlag } from '../../ui/programme.ts';
import { followUpWords } from '../../ui/programme-words.ts';
import { word } from '../../ui/words.ts';

export default class ProgrammeFollowUp extends ProgrammeCommand {
  static override summary = say('En fast opfølgning er holdt', 'A standing follow-up was held');
  static override description = say(
    `De seks: ${Object.keys(followUpWords).join(', ')}.`,
    `The six: ${Object.keys(followUpWords).join(', ')}.`,
  );
  static override args = {
    kind: Args.string({ description: say('Om hvad; ellers spørges der', 'About what; else it is asked') }),
  };
  static override flags = { ...programmeFlag, ...onFlag, ...referenceFlag };
  static override examples = [
    'naer programme follow-up goals',
    say('naer programme follow-up culture --on "i går"', 'naer programme follow-up culture --on yesterday'),
  ];

  async run() {
    const { args, flags } = await this.parse(ProgrammeFollowUp);
    const on = readPastDay(flags.on, new Date());
    const kind = await askChoice(followUpWords, args.kind, {
      question: say('Hvad blev der fulgt op på?', 'What was followed up?'),
      what: say('hvad der blev fulgt op på', 'what was followed up'),
      option: say('opfølgningen', 'the follow-up'),
      flag: 'goals',
    });
    const { id } = await this.findProgramme(flags.programme);
    const held = await this.call(programmeRoutes.holdFollowUp, {
      params: { id },
      body: { kind, on, reference: flags.reference },
    });
    const name = word(followUpWords, held.kind);
    this.log(
      say(
        `Fulgt op på ${name}; næste gang ${dateText(held.nextOn)}.`,
        `Followed up: ${name}; next on ${dateText(held.nextOn)}.`,
      ),
    );
    return held;
  }
}
