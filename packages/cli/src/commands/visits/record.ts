import { parseCitizenCode } from '@naer/core/contract/citizen-code';
import { type Channel, type Visit, visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { wallTime } from '../../actions/days.ts';
import { readParts, withTravel } from '../../actions/recorded-parts.ts';
import { later, readPast } from '../../actions/times.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { askChoice } from '../../ui/choices.ts';
import { noteAdvice, recordedFlags, recordedInput } from '../../ui/recording.ts';
import { channelWords } from '../../ui/visit-words.ts';
import { clockValue, forWorkerFlag, visitArg, visitCard } from '../../ui/visits.ts';

export default class VisitsRecord extends PlansCommand {
  static override summary = say('Registrér et besøg som holdt', 'Record a visit as held');
  static override description = [
    say(
      'Uden tider: som planlagt, eller som begyndt og sluttet. Med en borgers kode: det sidste, der mangler. Med --at: en kontakt uden aftale.',
      "Without times: as planned, or as begun and ended. With a citizen's code: the last that is missing. With --at: a contact without an appointment.",
    ),
    noteAdvice(),
  ].join(' ');
  static override args = { visit: visitArg };
  static override flags = {
    minutes: Flags.integer({
      summary: say('Varighed', 'Length'),
      min: 1,
      max: 720,
      helpValue: 'MIN',
      exclusive: ['to'],
    }),
    from: Flags.string({ summary: say('Begyndte', 'Began'), helpValue: clockValue, exclusive: ['at'] }),
    to: Flags.string({ summary: say('Sluttede', 'Ended'), helpValue: clockValue, exclusive: ['at'] }),
    travel: Flags.integer({
      summary: say('Minutters vejtid før', 'Minutes of travel before'),
      min: 0,
      max: 480,
      helpValue: 'MIN',
    }),
    part: Flags.string({
      summary: say('Et stykke af det, kan gentages', 'A part of it, may be repeated'),
      helpValue: say('video:10.00-10.12', 'video:10:00-10:12'),
      multiple: true,
      multipleNonGreedy: true,
      exclusive: ['minutes', 'from', 'to'],
    }),
    video: Flags.boolean({
      summary: say('Det var på video', 'It was by video'),
      exclusive: ['physical', 'phone'],
    }),
    physical: Flags.boolean({ summary: say('Det var fysisk', 'It was in person'), exclusive: ['phone'] }),
    phone: Flags.boolean({ summary: say('Det var pr. telefon', 'It was by phone') }),
    at: Flags.string({
      summary: say('En kontakt uden aftale, og hvornår', 'A contact without an appointment, and when'),
      helpValue: say('"i dag 14.10"', '"today 14:10"'),
    }),
    ...recordedFlags(),
    worker: forWorkerFlag,
  };
  static override examples = [
    'naer visits record B-7KQ25 --topics supportive-talk',
    'naer visits record 3f0c2a52 --from 10.05 --to 10.30 --travel 15',
    say(
      'naer visits record B-7KQ25 --phone --at "i dag 14.10" --minutes 8',
      'naer visits record B-7KQ25 --phone --at "today 14:10" --minutes 8',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsRecord);
    const channel = (['video', 'physical', 'phone'] as const).find((each) => flags[each]);
    const visit =
      flags.at === undefined
        ? await this.#planned(args.visit, { ...flags, channel })
        : await this.#unplanned(args.visit, flags.at, { ...flags, channel });
    this.log(visitCard(visit));
    return visit;
  }

  async #planned(named: string, flags: Given): Promise<Visit> {
    const found = await this.findVisit(named, 'unrecorded');
    const parts = readParts(found, { ...flags, parts: flags.part ?? [] }, new Date());
    const body = { parts, ...(await recordedInput(flags)) };
    return this.call(visitsRoutes.record, { params: { id: found.id }, body });
  }

  async #unplanned(named: string, at: string, flags: Given): Promise<Visit> {
    const citizen = parseCitizenCode(named);
    if (citizen === null) throw new CliError('code_unreadable', { code: named });
    const now = new Date();
    const kind = await askChoice(channelWords, flags.channel, {
      question: say('Hvordan?', 'How?'),
      what: say('måden', 'the channel'),
      option: '--video|--physical|--phone',
      flag: '--phone',
    });
    const { startsAt, endsAt } = readPast(at, now, wallTime(now).day);
    const ended = endsAt ?? later(startsAt, flags.minutes ?? (await this.askMinutes()));
    const parts = withTravel([{ kind, startsAt, endsAt: ended }], flags.travel);
    const body = { citizen, worker: flags.worker, parts, ...(await recordedInput(flags)) };
    return this.call(visitsRoutes.recordUnplanned, { body });
  }
}

type Given = Parameters<typeof recordedInput>[0] & {
  readonly channel: Channel | undefined;
  readonly minutes: number | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly travel: number | undefined;
  readonly part: readonly string[] | undefined;
  readonly worker: string | undefined;
};
