import { callerWords, contactWords, languageWords, speakAgainWords } from '@naer/core/contract/call-words';
import { groundRulesRoutes } from '@naer/core/contract/ground-rules';
import { Flags } from '@oclif/core';
import { wallTime } from '../../actions/days.ts';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { codeArg } from '../../ui/citizens.ts';
import { agreementFlags, groundRulesCard } from '../../ui/ground-rules.ts';

export default class GroundRulesSet extends CitizensCommand {
  static override summary = say(
    'Skriv ned, hvad I har aftalt, hvis en samtale svigter',
    'Record what you agreed for a call that fails',
  );
  static override description = say(
    'Kun det, du nævner, ændres. En aftale regnes for gennemgået i dag, hvis du ikke siger andet.',
    'Only what you name changes. An agreement counts as gone through today unless you say otherwise.',
  );
  static override args = { code: codeArg };
  static override flags = {
    ...agreementFlags(),
    reviewed: Flags.string({
      summary: say('Dagen, I gik dem igennem', 'The day you went through them'),
      helpValue: say('"i dag"', 'today'),
    }),
    contact: choice(
      contactWords,
      say('Hvordan borgeren vil høre om aftaler', 'How the citizen wants to hear of appointments'),
    ),
    language: choice(languageWords, say('Borgerens sprog', "The citizen's language")),
  };
  static override examples = [
    'naer ground-rules set B-7KQ25 --caller worker --after 5 --again same-day',
    say('naer ground-rules set B-7KQ25 --reviewed "i dag"', 'naer ground-rules set B-7KQ25 --reviewed today'),
    'naer ground-rules set B-7KQ25 --contact both --language en',
  ];

  async run() {
    const { args, flags } = await this.parse(GroundRulesSet);
    const rules = await this.call(groundRulesRoutes.change, {
      params: { code: args.code },
      body: {
        caller: pick(callerWords, flags.caller, '--caller'),
        afterMinutes: flags.after,
        speakAgain: pick(speakAgainWords, flags.again, '--again'),
        contact: pick(contactWords, flags.contact, '--contact'),
        language: pick(languageWords, flags.language, '--language'),
        reviewedOn: flags.reviewed === undefined ? undefined : this.day(flags.reviewed),
      },
    });
    this.log(groundRulesCard(rules, wallTime(new Date()).day));
    return rules;
  }
}
