import { programmeRoutes } from '@naer/core/contract/programme';
import { Args, Flags } from '@oclif/core';
import { readPastDay } from '../../actions/past-days.ts';
import { readDay } from '../../actions/times.ts';
import { CliError } from '../../errors/cli-error.ts';
import { language, say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { choice, pick } from '../../ui/choices.ts';
import { activityCard, dayValue, onFlag, programmeFlag } from '../../ui/programme.ts';
import { activityRoleWords, activityStatusWords } from '../../ui/programme-words.ts';

export default class ProgrammeActivity extends ProgrammeCommand {
  static override summary = say('Vis en aktivitet, eller ret den', 'Show an activity, or change it');
  static override description = say(
    'Uden valg vises trin og faldgrube. En tom tekst fjerner: --due "".',
    'Without options it shows steps and pitfall. An empty text takes away: --due "".',
  );
  static override args = {
    code: Args.string({
      required: true,
      description: say('Fx F9 eller kickoff', 'Such as F9 or kickoff'),
    }),
  };
  static override flags = {
    ...programmeFlag,
    status: choice(activityStatusWords, say('Ny stand', 'New status')),
    ...onFlag,
    responsible: choice(activityRoleWords, say('Hvem der har ansvaret', 'Who answers for it')),
    starts: Flags.string({ summary: say('Begynder', 'Begins'), helpValue: dayValue }),
    due: Flags.string({ summary: say('Frist', 'Due'), helpValue: dayValue }),
    cases: Flags.integer({ summary: say('Prøvede tilfælde', 'Cases tried'), min: 0, helpValue: 'N' }),
    evidence: Flags.string({
      summary: say('Hvor dokumentationen ligger', 'Where the evidence lies'),
      helpValue: 'REF',
    }),
  };
  static override examples = [
    'naer programme activity F9',
    'naer programme activity F9 --status under-way --responsible it-support --due 2026-02-27',
  ];

  async run() {
    const { args, flags } = await this.parse(ProgrammeActivity);
    const now = new Date();
    const clearable = (text: string | undefined) => (text === '' ? null : readDay(text, now));
    const body = {
      status: pick(activityStatusWords, flags.status, '--status'),
      on: readPastDay(flags.on, now),
      responsible:
        flags.responsible === '' ? null : pick(activityRoleWords, flags.responsible, '--responsible'),
      startsOn: clearable(flags.starts),
      dueOn: clearable(flags.due),
      cases: flags.cases,
      addEvidence: flags.evidence,
    };
    const { id } = await this.findProgramme(flags.programme);
    const changes = Object.values(body).some((value) => value !== undefined);
    const activity = changes
      ? await this.call(programmeRoutes.setActivity, { params: { id, code: args.code }, body })
      : await this.#find(id, args.code);
    this.log(activityCard(activity));
    return activity;
  }

  async #find(id: string, code: string) {
    const { activities } = await this.call(programmeRoutes.activities, {
      params: { id },
      query: { language: language() },
    });
    const found = activities.find((activity) => activity.code.toLowerCase() === code.toLowerCase());
    if (found !== undefined) return found;
    const known = activities.map((activity) => activity.code).join(', ');
    throw new CliError('value_unknown', { text: code, option: 'CODE', known });
  }
}
