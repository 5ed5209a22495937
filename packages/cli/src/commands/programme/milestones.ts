import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { readMilestoneFile, readNeeds } from '../../actions/milestone-files.ts';
import { readDay } from '../../actions/times.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import {
  askedFlags,
  citationText,
  dayValue,
  milestoneColumns,
  programmeFlag,
  setMilestoneColumns,
} from '../../ui/programme.ts';

const ways = ['set', 'set-one', 'remove'] as const;
const alone = (way: (typeof ways)[number]) => ways.filter((other) => other !== way);

export default class ProgrammeMilestones extends ProgrammeCommand {
  static override summary = say(
    'Milepæle: plan, virkelighed og prognose; sæt dem',
    'Milestones: plan, reality and forecast; set them',
  );
  static override description = say(
    'Filen til --set er JSON: { "milestones": [{ "id": "M2", "due": "2026-07-31", "da": "…", "en": "…", "needs": [{ "kind": "measure", "measure": "has-received", "atLeast": 50 }, { "kind": "activity", "what": "kickoff" }] }] }. Andet i filen læses ikke; milepæle, der ikke står i den, tages af planen.',
    'The file for --set is JSON: { "milestones": [{ "id": "M2", "due": "2026-07-31", "da": "…", "en": "…", "needs": [{ "kind": "measure", "measure": "has-received", "atLeast": 50 }, { "kind": "activity", "what": "kickoff" }] }] }. Anything else in it is not read; milestones that it does not name are taken off the plan.',
  );
  static override flags = {
    ...programmeFlag,
    csv: listFlags.csv,
    ...askedFlags,
    set: Flags.string({
      summary: say('Sæt alle efter en fil; - er standard-input', 'Set all from a file; - is standard input'),
      helpValue: say('FIL', 'FILE'),
      exclusive: alone('set'),
    }),
    'set-one': Flags.string({
      summary: say('Sæt denne ene', 'Set this one'),
      helpValue: 'M4',
      exclusive: alone('set-one'),
      dependsOn: ['due', 'needs', 'da', 'en'],
    }),
    due: Flags.string({ summary: say('Dens frist', 'When it is due'), helpValue: dayValue }),
    needs: Flags.string({
      summary: say('Hvad den kræver', 'What it needs'),
      helpValue: 'has-received=50,kickoff',
    }),
    da: Flags.string({
      summary: say('Hvad den er, på dansk', 'What it is, in Danish'),
      helpValue: say('TEKST', 'TEXT'),
    }),
    en: Flags.string({
      summary: say('Hvad den er, på engelsk', 'What it is, in English'),
      helpValue: say('TEKST', 'TEXT'),
    }),
    remove: Flags.string({
      summary: say('Tag denne af planen', 'Take this one off the plan'),
      helpValue: 'M4',
      exclusive: alone('remove'),
    }),
  };
  static override examples = [
    'naer programme milestones',
    'naer programme milestones --set milestones.json',
    'naer programme milestones --set-one M4 --due 2026-10-31 --needs receives-regularly=45 --da "Mindst 45 borgere" --en "At least 45 citizens"',
    'naer programme milestones --at 2026-10-31 --checkpoint 12345',
  ];

  async run() {
    const { flags } = await this.parse(ProgrammeMilestones);
    if (flags.set !== undefined) return this.#set(flags.programme, flags.set);
    if (flags['set-one'] !== undefined) return this.#setOne(flags, flags['set-one']);
    if (flags.remove !== undefined) return this.#remove(flags.programme, flags.remove);
    const { id } = await this.findProgramme(flags.programme);
    const { citation, items } = await this.call(programmeRoutes.milestones, {
      params: { id },
      query: this.asked(flags),
    });
    this.show(flags, items, milestoneColumns());
    if (!flags.csv) this.note(`\n${say('Bevis: ', 'Proof: ')}${citationText(citation)}`);
    return { citation, items };
  }

  async #set(named: string | undefined, file: string) {
    const milestones = await readMilestoneFile(file);
    const { id } = await this.findProgramme(named);
    const { items } = await this.call(programmeRoutes.setMilestones, {
      params: { id },
      body: { milestones },
    });
    this.show({}, items, setMilestoneColumns());
    return items;
  }

  async #setOne(
    flags: { readonly [flag in 'programme' | 'due' | 'needs' | 'da' | 'en']?: string | undefined },
    code: string,
  ) {
    const { due = '', needs = '', da = '', en = '' } = flags;
    const body = { due: readDay(due, new Date()), needs: readNeeds(needs), da, en };
    const { id } = await this.findProgramme(flags.programme);
    const one = await this.call(programmeRoutes.setMilestone, { params: { id, code }, body });
    this.show({}, [one], setMilestoneColumns());
    return one;
  }

  async #remove(named: string | undefined, code: string) {
    const { id } = await this.findProgramme(named);
    const one = await this.call(programmeRoutes.removeMilestone, { params: { id, code } });
    this.log(say(`${one.id} er taget af planen.`, `${one.id} is taken off the plan.`));
    return one;
  }
}
