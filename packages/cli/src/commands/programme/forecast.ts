import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { readDay } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { choice, pick } from '../../ui/choices.ts';
import { askedFlags, citationPair, dayValue, forecastPairs, programmeFlag } from '../../ui/programme.ts';
import { milestoneMeasureWords } from '../../ui/programme-words.ts';
import { renderCard } from '../../ui/table.ts';

const { 'has-received': received, 'receives-regularly': regularly } = milestoneMeasureWords;
const counts = { 'has-received': received, 'receives-regularly': regularly };

export default class ProgrammeForecast extends ProgrammeCommand {
  static override summary = say('Om og hvornår et tal nås', 'Whether and when a number is reached');
  static override description = say(
    'Uden valg gælder det den næste milepæl. Spændet holder i fire af fem tilfælde.',
    'Without options it is about the next milestone. The interval holds in four cases of five.',
  );
  static override flags = {
    ...programmeFlag,
    measure: choice(counts, say('Hvad der tælles', 'What is counted')),
    target: Flags.integer({
      summary: say('Tallet, der skal nås', 'The number to reach'),
      min: 1,
      helpValue: 'N',
    }),
    due: Flags.string({ summary: say('Fristen', 'When it is due'), helpValue: dayValue }),
    ...askedFlags,
  };
  static override examples = [
    'naer programme forecast',
    'naer programme forecast --measure receives-regularly --target 45 --due 2026-10-31',
  ];

  async run() {
    const { flags } = await this.parse(ProgrammeForecast);
    const { id } = await this.findProgramme(flags.programme);
    const answer = await this.call(programmeRoutes.forecast, {
      params: { id },
      query: {
        ...this.asked(flags),
        measure: pick(counts, flags.measure, '--measure'),
        target: flags.target,
        due: readDay(flags.due, new Date()),
      },
    });
    this.log(`${answer.sentence}\n`);
    this.log(renderCard([...forecastPairs(answer.forecast), citationPair(answer.citation)]));
    return answer;
  }
}
