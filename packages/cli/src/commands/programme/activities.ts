import { programmeRoutes } from '@naer/core/contract/programme';
import { listFlags } from '../../base-command.ts';
import { language, say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dateText } from '../../ui/figures.ts';
import { activityColumns, planCard, programmeFlag, readinessLines } from '../../ui/programme.ts';
import { phaseWords, trackWords } from '../../ui/programme-words.ts';
import { word } from '../../ui/words.ts';

export default class ProgrammeActivities extends ProgrammeCommand {
  static override summary = say(
    'Planen: aktiviteter, beslutninger, opfølgninger',
    'The plan: activities, decisions, follow-ups',
  );
  static override flags = { ...programmeFlag, csv: listFlags.csv };
  static override examples = ['naer programme activities', 'naer programme activities --csv'];

  async run() {
    const { flags } = await this.parse(ProgrammeActivities);
    const { id } = await this.findProgramme(flags.programme);
    const plan = await this.call(programmeRoutes.activities, {
      params: { id },
      query: { language: language() },
    });
    const { phase, since } = plan.phase;
    const tracks = plan.tracks.map(({ track, done, of, ready }) =>
      say(
        `${word(trackWords, track)} ${done} af ${of}${ready ? ', klar' : ''}`,
        `${word(trackWords, track)} ${done} of ${of}${ready ? ', ready' : ''}`,
      ),
    );
    if (!flags.csv) {
      const begun = since === null ? '' : say(` siden ${dateText(since)}`, ` since ${dateText(since)}`);
      const now = word(phaseWords, phase);
      this.log(`${now.slice(0, 1).toUpperCase()}${now.slice(1)}${begun}; ${tracks.join('; ')}\n`);
    }
    this.show(flags, plan.activities, activityColumns());
    if (flags.csv) return plan;
    const card = planCard(plan);
    if (card !== '') this.log(`\n${card}`);
    if (plan.readiness.length > 0) this.log(`\n${readinessLines(plan.readiness)}`);
    return plan;
  }
}
