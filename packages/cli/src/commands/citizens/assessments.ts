import { type Assessment, citizensRoutes } from '@naer/core/contract/citizens';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { codeArg } from '../../ui/citizens.ts';
import { column } from '../../ui/table.ts';
import { dayText } from '../../ui/time.ts';
import { outcomeWords, suitabilityReasonWords, word } from '../../ui/words.ts';

export default class CitizensAssessments extends NaerCommand {
  static override summary = say('Vis vurderinger af egnethed', 'List suitability assessments');
  static override args = { code: codeArg };
  static override flags = listFlags;
  static override examples = ['naer citizens assessments B-7KQ25'];

  async run() {
    const { args, flags } = await this.parse(CitizensAssessments);
    const reasons = (assessment: Assessment) =>
      assessment.reasons.map((reason) => word(suitabilityReasonWords, reason)).join(', ');
    const columns = [
      column(
        say('Dag', 'Day'),
        'on',
        (assessment: Assessment) => dayText(assessment.on),
        (assessment: Assessment) => assessment.on,
      ),
      column(
        say('Udfald', 'Outcome'),
        'outcome',
        (assessment: Assessment) => word(outcomeWords, assessment.outcome),
        (assessment: Assessment) => assessment.outcome,
      ),
      column(
        say('Med borgeren', 'With citizen'),
        'withCitizen',
        (assessment: Assessment) => (assessment.withCitizen ? say('ja', 'yes') : say('nej', 'no')),
        (assessment: Assessment) => assessment.withCitizen,
      ),
      column(say('Af', 'By'), 'by', (assessment: Assessment) => assessment.by ?? ''),
      column(say('Grunde', 'Reasons'), 'reasons', reasons, (assessment: Assessment) =>
        assessment.reasons.join(';'),
      ),
    ];
    return this.list(flags, columns, () =>
      this.call(citizensRoutes.listAssessments, { params: { code: args.code } }),
    );
  }
}
