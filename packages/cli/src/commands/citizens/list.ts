import { citizensRoutes } from '@naer/core/contract/citizens';
import { Flags } from '@oclif/core';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { citizenColumns } from '../../ui/citizens.ts';
import { statusWords } from '../../ui/words.ts';

export default class CitizensList extends NaerCommand {
  static override summary = say(
    'Vis borgere efter kode, aldrig med navn',
    'List citizens by code, never by name',
  );
  static override flags = {
    ...listFlags,
    status: choice(statusWords, say('Kun dem, der er nået hertil', 'Only those who are here in the course')),
    team: Flags.string({ summary: say('Kun fra dette team', 'Only from this team') }),
    worker: Flags.string({
      summary: say('Kun med denne medarbejder', 'Only with this worker'),
      helpValue: 'BM13',
    }),
    erased: Flags.boolean({ summary: say('Slettede', 'Erased ones') }),
  };
  static override examples = ['naer citizens list --worker BM13', 'naer citizens list --status active --csv'];

  async run() {
    const { flags } = await this.parse(CitizensList);
    const query = {
      status: pick(statusWords, flags.status, '--status'),
      team: flags.team,
      worker: flags.worker?.toUpperCase(),
      erased: flags.erased ? 'true' : 'false',
    } as const;
    return this.list(flags, citizenColumns(), (page) =>
      this.call(citizensRoutes.list, { query: { ...page, ...query } }),
    );
  }
}
