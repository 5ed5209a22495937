import { type Member, programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { readPastDay } from '../../actions/past-days.ts';
import { bareKey, readKeys } from '../../actions/verifier-keys.ts';
import { listFlags } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dateText, monthText } from '../../ui/figures.ts';
import { onFlag, programmeFlag } from '../../ui/programme.ts';
import { type Column, column } from '../../ui/table.ts';

const nameValue = say('NAVN', 'NAME');

export default class ProgrammeMembers extends ProgrammeCommand {
  static override summary = say(
    'Hvem der er med i det fælles program; tag flere ind',
    'Who takes part in the joint programme; take in more',
  );
  static override description = say(
    'Bidrag tages imod for den måned, som --on ligger i, og dem efter den (ellers fra i dag).',
    'Contributions are taken for the month that --on lies in and those after it (else from today).',
  );
  static override flags = {
    ...programmeFlag,
    csv: listFlags.csv,
    add: Flags.string({
      summary: say('Tag denne kommune ind', 'Take this municipality in'),
      helpValue: nameValue,
      exclusive: ['renew'],
      dependsOn: ['target-group'],
    }),
    renew: Flags.string({
      summary: say('Denne kommune har fået en ny nøgle', 'This municipality has a new key'),
      helpValue: nameValue,
    }),
    key: Flags.string({
      summary: say('Dens offentlige nøgle', 'Its public key'),
      helpValue: say('NØGLE', 'KEY'),
      exclusive: ['key-file'],
    }),
    'key-file': Flags.string({
      summary: say('En fil med nøglen', 'A file that holds the key'),
      helpValue: say('FIL', 'FILE'),
    }),
    'target-group': Flags.integer({
      summary: say('Borgere i dens målgruppe', 'Citizens in its target group'),
      min: 1,
      helpValue: 'N',
    }),
    ...onFlag,
  };
  static override examples = [
    'naer programme members',
    'naer programme members --add Sydby --target-group 200 --key "naer/sydby/1+530cdecb+AfM0…"',
    'naer programme members --renew Sydby --key-file sydby.key',
  ];

  async run() {
    const { flags } = await this.parse(ProgrammeMembers);
    const { id } = await this.findProgramme(flags.programme, 'lead');
    const named = flags.add ?? flags.renew;
    if (named === undefined) {
      const { items } = await this.call(programmeRoutes.members, { params: { id } });
      this.show(flags, items, columns());
      return items;
    }
    const verifierKey = flags.key ?? (await this.#keyIn(flags['key-file']));
    const member =
      flags.add === undefined
        ? await this.call(programmeRoutes.addMemberKey, {
            params: { id, member: (await this.#find(id, named)).id },
            body: { verifierKey },
          })
        : await this.call(programmeRoutes.addMember, {
            params: { id },
            body: {
              name: named,
              verifierKey,
              targetGroup: flags['target-group'] ?? 0,
              on: readPastDay(flags.on, new Date()),
            },
          });
    this.show({}, [member], columns());
    return [member];
  }

  async #keyIn(file: string | undefined): Promise<string> {
    if (file === undefined)
      throw new CliError('answer_needed', { what: say('nøglen', 'the key'), flag: '--key' });
    // As `naer ledger keys --out` writes it: the last of several is the one that signs now.
    return bareKey((await readKeys({ 'key-file': [file] })).at(-1) ?? '');
  }

  async #find(id: string, name: string): Promise<Member> {
    const { items } = await this.call(programmeRoutes.members, { params: { id } });
    const found = items.find((member) => member.name.toLowerCase() === name.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new CliError('member_unknown', {
      member: name,
      known: items.map((member) => member.name).join(', '),
    });
  }
}

const columns = (): Column<Member>[] => [
  column(say('Kommune', 'Municipality'), 'name', ({ name }) => name),
  column(
    say('Med fra', 'Since'),
    'joinedOn',
    ({ joinedOn }) => dateText(joinedOn),
    ({ joinedOn }) => joinedOn,
  ),
  column(
    say('Bidraget til og med', 'Contributed until'),
    'lastMonth',
    ({ lastMonth }) => (lastMonth === null ? '' : monthText(lastMonth)),
    ({ lastMonth }) => lastMonth,
  ),
  column(
    say('Nøgle', 'Key'),
    'key',
    ({ verifierKeys }) => verifierKeys.at(-1)?.split('+').slice(0, 2).join('+') ?? '',
    ({ verifierKeys }) => verifierKeys.at(-1) ?? '',
  ),
];
