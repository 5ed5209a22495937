import { plansRoutes } from '@naer/core/contract/plans';
import { Flags } from '@oclif/core';
import { readTemplate, templateStart } from '../../actions/plan-templates.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { choices, pick } from '../../ui/choices.ts';
import { codeArg } from '../../ui/citizens.ts';
import { seriesFlags } from '../../ui/plans.ts';
import { channelWords } from '../../ui/visit-words.ts';
import { anywayFlag, forWorkerFlag, roomFlag } from '../../ui/visits.ts';

const kinds = ['weekly', 'fortnightly', 'growing', 'split', 'tapering'] as const;
const kind = (name: (typeof kinds)[number], summary: string) =>
  Flags.boolean({ summary, exclusive: [...kinds.filter((other) => other !== name), 'file'] });
const time = say('TID', 'TIME');

export default class PlansCreate extends PlansCommand {
  static override summary = say('Lav en plan, der laver besøg', 'Make a plan that makes visits');
  static override description = say(
    '--at er den første gang og giver dag og klokkeslæt; det holder hen over sommertid. Uden --steps følges de sædvanlige trin.',
    '--at is the first time and gives day and time of day; it holds across summer time. Without --steps the usual ones are followed.',
  );
  static override args = { code: codeArg };
  static override flags = {
    weekly: kind('weekly', say('Hver uge; --at kan gentages', 'Every week; --at may be repeated')),
    fortnightly: kind('fortnightly', say('Hver anden uge', 'Every other week')),
    growing: kind(
      'growing',
      say('Fem minutter om dagen, længere trin for trin', 'Five minutes a day, longer step by step'),
    ),
    split: kind(
      'split',
      say('Et besøg bliver til et besøg og opkald', 'One visit becomes a visit and calls'),
    ),
    tapering: kind('tapering', say('Sjældnere og sjældnere', 'Fewer and fewer')),
    file: Flags.string({
      summary: say('Egne faser, som JSON', 'Phases of your own, as JSON'),
      helpValue: say('FIL', 'FILE'),
    }),
    at: Flags.string({
      summary: say('Første gang; uden klokkeslæt for --file', 'The first time; no time of day for --file'),
      helpValue: time,
      multiple: true,
      multipleNonGreedy: true,
    }),
    minutes: Flags.integer({ summary: say('Varighed', 'Length'), min: 5, max: 480, helpValue: 'MIN' }),
    channel: Flags.string(
      choices(
        channelWords,
        say('Måden (ellers video; --split: physical)', 'The channel (else video; --split: physical)'),
      ),
    ),
    call: Flags.string({
      summary: say('Et opkald i --split: "onsdag 10-10.15"', 'A call of --split: "wednesday 10-10:15"'),
      helpValue: time,
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['split'],
    }),
    'call-channel': Flags.string({
      ...choices(channelWords, say('Måden for dem (ellers video)', 'Their channel (else video)')),
      dependsOn: ['split'],
    }),
    steps: Flags.string({
      summary: say('Egne trin', 'Steps of your own'),
      description: say(
        '--growing: uger:dage:minutter, fx "2:ma-fr:5, 4:ma,on,fr:10, :ti:30". --tapering: hver så mange uger:uger[:minutter], fx "1:4, 2:8, 4:12:20"',
        '--growing: weeks:days:minutes, such as "2:mon-fri:5, 4:mon,wed,fri:10, :tue:30". --tapering: every so many weeks:weeks[:minutes], such as "1:4, 2:8, 4:12:20"',
      ),
    }),
    room: roomFlag,
    ...seriesFlags(),
    worker: forWorkerFlag,
    ...anywayFlag,
  };
  static override examples = [
    say(
      'naer plans create B-7KQ25 --growing --at "mandag 9.30" --word agreed',
      'naer plans create B-7KQ25 --growing --at "monday 9:30" --word agreed',
    ),
    say(
      'naer plans create B-7KQ25 --split --at "mandag 10-11" --call "onsdag 10-10.15" --call "fredag 10-10.15" --word own-wish',
      'naer plans create B-7KQ25 --split --at "monday 10-11" --call "wednesday 10-10:15" --call "friday 10-10:15" --word own-wish',
    ),
    say(
      'naer plans create B-7KQ25 --tapering --at "torsdag 14-14.30" --steps "1:4, 2:8"',
      'naer plans create B-7KQ25 --tapering --at "thursday 14-14:30" --steps "1:4, 2:8"',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(PlansCreate);
    const now = new Date();
    const template = await readTemplate(
      {
        kind: kinds.find((each) => flags[each]),
        file: flags.file,
        at: flags.at ?? [],
        minutes: flags.minutes,
        channel: pick(channelWords, flags.channel, '--channel'),
        calls: flags.call ?? [],
        callChannel: pick(channelWords, flags['call-channel'], '--call-channel'),
        steps: flags.steps,
      },
      { now, minutes: () => this.askMinutes() },
    );
    const startsOn = templateStart(flags.at ?? [], now);
    const series = await this.series(flags);
    const body = { citizen: args.code, worker: flags.worker, startsOn, template, ...series };
    const plan = await this.heeding(flags, (acknowledge) =>
      this.call(plansRoutes.create, { body: { ...body, acknowledge } }),
    );
    await this.showPlan(plan);
    return plan;
  }
}
