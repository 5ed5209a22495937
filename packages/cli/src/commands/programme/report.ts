import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { readMonth } from '../../actions/past-days.ts';
import { CliError } from '../../errors/cli-error.ts';
import { language, say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { saveAnswer } from '../../ui/downloads.ts';
import { programmeFlag } from '../../ui/programme.ts';

const formats = ['html', 'json', 'csv', 'svg', 'png'] as const;
const languages = ['da', 'en'] as const;

export default class ProgrammeReport extends ProgrammeCommand {
  static override summary = say(
    'Rapporten: side, data, tabel eller billede',
    'The report: a page, data, a table or a picture',
  );
  static override description = say(
    'For en måned, der er gjort op. Siden står for sig selv og kan udskrives i sort-hvid; svg og png er kurven mod planen.',
    'For a month that is closed. The page stands for itself and prints in black and white; svg and png are the curve against the plan.',
  );
  static override flags = {
    ...programmeFlag,
    format: Flags.string({
      summary: say('Hvad den skal være (ellers html)', 'What it is to be (else html)'),
      options: [...formats],
      default: 'html',
      helpValue: 'html|json|csv|svg|png',
    }),
    month: Flags.string({
      summary: say('Måneden (ellers den seneste)', 'The month (else the last)'),
      helpValue: say('MÅNED', 'MONTH'),
    }),
    out: Flags.string({
      summary: say('Ny fil; ellers standard-output', 'A new file; else standard output'),
      helpValue: say('FIL', 'FILE'),
    }),
    force: Flags.boolean({
      summary: say('Overskriv filen, hvis den findes', 'Overwrite the file if it exists'),
    }),
    language: Flags.string({
      summary: say('Rapportens sprog', 'The language of the report'),
      options: [...languages],
      helpValue: 'da|en',
    }),
  };
  static override examples = [
    'naer programme report --out rapport.html',
    'naer programme report --format png --month 2026-10 --out kurve.png',
    'naer programme report --format csv --language en > report.csv',
  ];

  async run() {
    const { flags } = await this.parse(ProgrammeReport);
    const format = formats.find((each) => each === flags.format) ?? 'html';
    const written = format === 'csv' || format === 'json';
    if (flags.out === undefined && (this.jsonEnabled() || (process.stdout.isTTY && !written)))
      throw new CliError('report_needs_file', { example: say(`rapport.${format}`, `report.${format}`) });
    const month = readMonth(flags.month, new Date());
    const { id } = await this.findProgramme(flags.programme);
    const bytes = await saveAnswer(flags.out, flags, async () =>
      (await this.client()).open(programmeRoutes.report, {
        params: { id },
        query: { format, month, language: languages.find((each) => each === flags.language) ?? language() },
      }),
    );
    if (bytes === null) return undefined;
    this.log(say(`Skrevet til ${flags.out}.`, `Written to ${flags.out}.`));
    return { file: flags.out ?? null, format, bytes };
  }
}
