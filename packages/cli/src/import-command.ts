import { ApiError } from '@naer/core/client';
import { type ImportKind, type ImportRun, importsRoutes } from '@naer/core/contract/imports';
import { Args, Flags } from '@oclif/core';
import { openImport, readMap } from './actions/import-file.ts';
import { NaerCommand } from './base-command.ts';
import { counted, language, say } from './language.ts';
import { problemLines } from './ui/problems.ts';
import { ProgressBar } from './ui/progress.ts';

/** `naer citizens|staff|rooms|visits import FILE`: streams the file, follows the service's progress, tells what came of it. */
export abstract class ImportCommand extends NaerCommand {
  static override description = say(
    'CSV med komma, semikolon eller tabulator, i UTF-8 eller Windows-1252. Intet skrives, før alle rækker er gode, og at indlæse det samme igen ændrer intet.',
    'CSV with commas, semicolons or tabs, in UTF-8 or Windows-1252. Nothing is written before all rows are good, and importing the same again changes nothing.',
  );
  static override args = {
    file: Args.string({
      required: true,
      description: say('Filen, eller - for standard-input', 'The file, or - for standard input'),
    }),
  };
  static override flags = {
    'dry-run': Flags.boolean({ summary: say('Se efter uden at skrive', 'Check without writing') }),
    map: Flags.string({
      summary: say('Overskrift=felt, kan gentages', 'Heading=field, may be repeated'),
      multiple: true,
      multipleNonGreedy: true,
      helpValue: say('"Sagsnr=reference"', '"Case no=reference"'),
    }),
    dates: Flags.string({
      summary: say('Hvordan datoer er skrevet', 'How dates are written'),
      options: ['danish', 'american'],
      helpValue: 'danish|american',
    }),
    all: Flags.boolean({ summary: say('Vis alle fejl', 'Show every fault') }),
  };

  protected abstract readonly kind: ImportKind;

  async run(): Promise<ImportRun> {
    const { args, flags } = await this.parse(ImportCommand);
    const map = readMap(flags.map ?? []);
    const file = await openImport(args.file);
    const run = crypto.randomUUID();
    const bar = new ProgressBar(say('Indlæser', 'Importing'));
    const watching = new AbortController();
    const progress = this.#follow(run, bar, watching.signal);
    try {
      const done = await this.call(importsRoutes[this.kind], {
        query: {
          run,
          dryRun: flags['dry-run'] ? 'true' : 'false',
          map,
          dates: flags.dates === 'american' ? 'american' : flags.dates === 'danish' ? 'danish' : undefined,
        },
        file: file.read((share) => bar.show(share / 2)),
      });
      bar.clear();
      this.#tell(done, flags.all);
      return done;
    } catch (error) {
      bar.clear();
      const rejected =
        error instanceof ApiError && error.code === 'import_rejected' ? await this.#lookUp(run) : null;
      if (rejected === null) throw error;
      this.#tell(rejected, flags.all);
      return rejected;
    } finally {
      watching.abort();
      await progress;
    }
  }

  /** Asks the service how far it is, twice a second, where somebody is looking. */
  async #follow(run: string, bar: ProgressBar, signal: AbortSignal): Promise<void> {
    if (!bar.visible || this.jsonEnabled()) return;
    let total = 0;
    while (!signal.aborted) {
      const state = await this.#lookUp(run);
      if (state !== null && !signal.aborted) {
        // The rows are counted while they are checked, and once more while they are written.
        total = Math.max(total, state.rows);
        const written = state.created + state.updated + state.unchanged;
        const share = state.state === 'writing' && total > 0 ? 0.5 + written / total / 2 : null;
        if (total > 0) bar.show(share, counted(total, ['række', 'rækker'], ['row', 'rows']));
      }
      await pause(500, signal);
    }
  }

  /** The run as the service knows it; null while it does not, or when it cannot say. */
  #lookUp(run: string): Promise<ImportRun | null> {
    return this.call(importsRoutes.show, { params: { id: run } }).catch(() => null);
  }

  #tell(run: ImportRun, all: boolean): void {
    if (run.ignoredHeadings.length > 0)
      this.note(
        say(
          `Disse overskrifter bruges ikke: ${run.ignoredHeadings.join(', ')}.`,
          `These headings are not used: ${run.ignoredHeadings.join(', ')}.`,
        ),
      );
    const rows = counted(run.rows, ['række', 'rækker'], ['row', 'rows']);
    if (run.problemCount > 0) {
      const faults = counted(run.problemCount, ['fejl', 'fejl'], ['fault', 'faults']);
      this.log(problemLines(run.problems, { all, total: run.problemCount }).join('\n'));
      this.log(
        say(`\n${faults} i ${rows}. Intet er ændret.`, `\n${faults} in ${rows}. Nothing was changed.`),
      );
    } else {
      const figures = say(
        `${rows}: ${count(run.created)} nye, ${count(run.updated)} rettet, ${count(run.unchanged)} uændret.`,
        `${rows}: ${count(run.created)} new, ${count(run.updated)} changed, ${count(run.unchanged)} unchanged.`,
      );
      this.log(
        run.dryRun
          ? `${figures} ${say('Intet er skrevet (--dry-run).', 'Nothing was written (--dry-run).')}`
          : figures,
      );
    }
    if (run.problemCount > 0 || run.state === 'rejected' || run.state === 'failed') this.negative();
  }
}

const count = (n: number): string => n.toLocaleString(language());

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
