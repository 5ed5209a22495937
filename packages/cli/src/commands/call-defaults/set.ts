import { callerWords, speakAgainWords } from '@naer/core/contract/call-words';
import { groundRulesRoutes } from '@naer/core/contract/ground-rules';
import { Flags } from '@oclif/core';
import { readClockSpan } from '../../actions/clock-spans.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { pick } from '../../ui/choices.ts';
import { agreementFlags, callDefaultsCard } from '../../ui/ground-rules.ts';
import { orNull } from '../../ui/inputs.ts';

const number = say('NUMMER', 'NUMBER');

export default class CallDefaultsSet extends NaerCommand {
  static override summary = say(
    'Ret kommunens egne regler for samtaler',
    "Change the municipality's own rules for calls",
  );
  static override description = say(
    'Kun det, du nævner, ændres. Det, der er aftalt med en borger, bliver, som det er.',
    'Only what you name changes. What was agreed with a citizen stays as it is.',
  );
  static override flags = {
    ...agreementFlags(),
    'help-phone': Flags.string({
      summary: say('Nummer til hjælp med teknik; tomt for intet', 'Number for help; empty for none'),
      helpValue: number,
    }),
    'acute-phone': Flags.string({
      summary: say('Nummer til akut hjælp; tomt for intet', 'Number for acute help; empty for none'),
      helpValue: number,
    }),
    quiet: Flags.string({
      summary: say('Hvornår der ikke sendes beskeder', 'When no messages are sent'),
      helpValue: '21-8',
    }),
    'opens-before': Flags.integer({
      summary: say('Venteværelset åbner så længe før', 'The waiting room opens this long before'),
      min: 5,
      max: 120,
      helpValue: say('MINUTTER', 'MINUTES'),
    }),
  };
  static override examples = [
    'naer call-defaults set --help-phone "70 00 00 00" --quiet 21-8',
    'naer call-defaults set --caller worker --after 3 --again by-phone-at-once',
  ];

  async run() {
    const { flags } = await this.parse(CallDefaultsSet);
    const quiet = flags.quiet === undefined ? undefined : readClockSpan(flags.quiet);
    const defaults = await this.call(groundRulesRoutes.changeDefaults, {
      body: {
        caller: pick(callerWords, flags.caller, '--caller'),
        afterMinutes: flags.after,
        speakAgain: pick(speakAgainWords, flags.again, '--again'),
        helpPhone: orNull(flags['help-phone']),
        acutePhone: orNull(flags['acute-phone']),
        quietFrom: quiet?.from,
        quietUntil: quiet?.until,
        opensBeforeMinutes: flags['opens-before'],
      },
    });
    this.log(callDefaultsCard(defaults));
    return defaults;
  }
}
