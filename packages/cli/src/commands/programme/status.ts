import { programmeRoutes } from '@naer/core/contract/programme';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { askedFlags, programmeFlag } from '../../ui/programme.ts';
import { screenOf, statusScreen } from '../../ui/programme-status.ts';

export default class ProgrammeStatus extends ProgrammeCommand {
  static override summary = say('Hvordan det går, på én skærm', 'How it goes, on one screen');
  static override description = say(
    'Plan og virkelighed, tallene, den næste milepæl med prognose, og hvad der mangler. Med --at og --checkpoint: det samme svar som dengang.',
    'Plan and reality, the figures, the next milestone with its forecast, and what is missing. With --at and --checkpoint: the same answer as then.',
  );
  static override flags = { ...programmeFlag, ...askedFlags };
  static override examples = [
    'naer programme status',
    'naer programme status --at 2026-10-31 --checkpoint 12345',
  ];

  async run() {
    const { flags } = await this.parse(ProgrammeStatus);
    const { id } = await this.findProgramme(flags.programme);
    const status = await this.call(programmeRoutes.status, { params: { id }, query: this.asked(flags) });
    this.log(statusScreen(status, screenOf(process.stdout, status.isDemo ? 1 : 0)));
    return status;
  }
}
