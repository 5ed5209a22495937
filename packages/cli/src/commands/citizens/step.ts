import { citizensRoutes, stepReasons } from '@naer/core/contract/citizens';
import { Args, Flags } from '@oclif/core';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { codeArg } from '../../ui/citizens.ts';
import { dayText } from '../../ui/time.ts';
import { statusWords, stepReasonWords, word } from '../../ui/words.ts';

export default class CitizensStep extends CitizensCommand {
  static override summary = say('Tag næste skridt i et forløb', 'Take the next step of a course');
  static override args = {
    code: codeArg,
    to: Args.string({
      required: true,
      description: `${say('Hvorhen', 'Where to')}: ${Object.keys(statusWords).join(', ')}`,
    }),
  };
  static override flags = {
    reason: choice(
      stepReasonWords,
      say('Grund; uden den bliver du spurgt', 'Reason; without it you are asked'),
    ),
    on: Flags.string({
      summary: say('Dagen, hvis det ikke er i dag', 'The day, if not today'),
      helpValue: say('DAG', 'DAY'),
    }),
  };
  static override examples = [
    'naer citizens step B-7KQ25 offered --reason first-talk',
    say(
      'naer citizens step B-7KQ25 accepted --reason own-wish --on "i går"',
      'naer citizens step B-7KQ25 accepted --reason own-wish --on yesterday',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(CitizensStep);
    const to = pick(statusWords, args.to, say('skridtet', 'the step'));
    const reason = await this.reason(
      stepReasonWords,
      flags.reason,
      say('Grund?', 'Reason?'),
      stepReasons[to],
    );
    const on = flags.on === undefined ? undefined : this.day(flags.on);
    const step = await this.call(citizensRoutes.takeStep, {
      params: { code: args.code },
      body: { to, reason, on },
    });
    this.log(
      `${args.code}: ${word(statusWords, step.to)}, ${word(stepReasonWords, step.reason)}, ${dayText(step.on)}.`,
    );
    return step;
  }
}
