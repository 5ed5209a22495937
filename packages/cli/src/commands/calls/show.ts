import { CallsCommand } from '../../calls-command.ts';
import { say } from '../../language.ts';
import { callCard } from '../../ui/calls.ts';
import { visitArg } from '../../ui/visits.ts';

export default class CallsShow extends CallsCommand {
  static override summary = say('Vis en samtale, og hvem der er dér', 'Show a call, and who is there');
  static override description = say(
    'Med en borgers kode: samtalen i dag, ellers den næste, ellers den sidste.',
    "With a citizen's code: the call of today, else the next, else the last.",
  );
  static override args = { visit: visitArg };
  static override examples = ['naer calls show B-7KQ25', 'naer calls show 3f0c2a52'];

  async run() {
    const { args } = await this.parse(CallsShow);
    const { call } = await this.findCall(args.visit);
    this.log(callCard(call));
    return call;
  }
}
