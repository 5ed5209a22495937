import type { Client, Input } from '@naer/core/client';
import type { Route } from '@naer/core/contract/route';
import { Command, Flags } from '@oclif/core';
import type { z } from 'zod';
import { CliError } from './errors/cli-error.ts';
import { language, say } from './language.ts';
import { findCheckout, findTarget, homeOf, type Target } from './target.ts';
import { csvRows, renderCsv } from './ui/csv.ts';
import { type Column, layOutTable, type TableLayout } from './ui/table.ts';
import { ask, tableWidth } from './ui/terminal.ts';

const common = say('fælles', 'common');

export const listFlags = {
  csv: Flags.boolean({ summary: say('Skriv som CSV', 'Write CSV'), helpGroup: common, exclusive: ['json'] }),
  limit: Flags.integer({ summary: say('Højst så mange', 'At most this many'), min: 1, helpValue: 'N' }),
};
export const yesFlag = {
  yes: Flags.boolean({ summary: say('Spørg ikke', 'Do not ask') }),
};
type ListFlags = { readonly csv: boolean; readonly limit?: number | undefined };
type FetchPage<Item> = (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>;
type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null };

/**
 * What every command has: the service it speaks to, and its way out. A command parses, calls one action and returns
 * the outcome; under `--json` exactly that value is printed and `log` is silent. Errors leave through `main.ts`.
 */
export abstract class NaerCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({
      summary: say('Skriv kun svaret, som JSON', 'Write the answer only, as JSON'),
      helpGroup: common,
    }),
    lang: Flags.string({
      summary: say('Sprog', 'Language'),
      options: ['da', 'en'],
      helpValue: 'da|en',
      helpGroup: common,
    }),
    url: Flags.string({
      summary: say('Tjenestens adresse', 'Where the service is'),
      env: 'NAER_URL',
      helpGroup: common,
      helpValue: 'URL',
    }),
  };

  #givenUrl: string | undefined;
  #target: Target | undefined;
  #client: Client | undefined;
  #demoMarked = false;

  override jsonEnabled(): boolean {
    const end = this.argv.indexOf('--');
    return (end === -1 ? this.argv : this.argv.slice(0, end)).includes('--json');
  }

  override log(text = ''): void {
    if (!this.jsonEnabled()) process.stdout.write(`${text}\n`);
  }

  protected override logJson(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  protected override async catch(error: unknown): Promise<never> {
    throw error;
  }

  protected override parse: Command['parse'] = async (options, argv) => {
    // oclif copies own properties only; a command may have its arguments and options from the class it extends.
    const from = options ?? this.ctor;
    const { flags, baseFlags } = from;
    // Nor may a missing argument be taken from standard input: that is for files and tokens, and a script would hang.
    const args = Object.fromEntries(
      Object.entries(from.args ?? {}).map(([name, arg]) => [name, { ...arg, ignoreStdin: true }]),
    );
    const parsed = await super.parse({ ...from, args, flags, baseFlags } as typeof options, argv);
    const url: unknown = parsed.flags.url;
    this.#givenUrl = typeof url === 'string' ? url : undefined;
    return parsed;
  };

  /** Where the service is, and as whom this command speaks to it. */
  protected get target(): Target {
    this.#target ??= findTarget({ url: this.#givenUrl }, process.env, this.checkout);
    return this.#target;
  }

  protected get checkout(): string {
    return findCheckout(this.config.root);
  }

  /** `NAER_HOME`, for the few commands that work on files of this machine. */
  protected get home(): string {
    return homeOf(process.env, this.checkout);
  }

  protected async client(): Promise<Client> {
    this.#client ??= await this.clientFor(this.target);
    return this.#client;
  }

  protected async clientFor(target: Target): Promise<Client> {
    // Loaded with the first request: it brings the schemas along.
    const [{ createClient }, { nodeTransport }] = await Promise.all([
      import('@naer/core/client'),
      import('./transport.ts'),
    ]);
    const agent = `naer/${this.config.version}`;
    return createClient({
      ...target,
      language: language(),
      agent,
      transport: nodeTransport,
      onDemo: () => this.#markDemo(),
    });
  }

  /** Once for each command, also beside JSON and CSV: what is invented must not be taken for people. */
  #markDemo(): void {
    if (this.#demoMarked) return;
    this.#demoMarked = true;
    // Over a progress bar rather than behind it.
    const afresh = process.stderr.isTTY ? '\r\u001b[2K' : '';
    process.stderr.write(
      `${afresh}${say('Demodata: alle borgere og medarbejdere er opdigtede.', 'Demo data: all citizens and staff are invented.')}\n`,
    );
  }

  /** One request. An answer that this program cannot read is said to be just that. */
  protected async call<R extends Route>(route: R, input: Input<R>): Promise<z.output<R['reply']>> {
    const client = await this.client();
    try {
      return await client.call(route, input);
    } catch (error) {
      const unreadable =
        error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError');
      if (!unreadable) throw error;
      throw new CliError('answer_unreadable', { url: this.target.url }, { cause: error });
    }
  }

  /** Fetches a list page by page and prints it as it comes, as a table or as CSV. */
  protected async list<Item>(
    flags: ListFlags,
    columns: readonly Column<Item>[],
    fetchPage: FetchPage<Item>,
  ): Promise<readonly Item[]> {
    const items: Item[] = [];
    const print = this.#printer(flags, columns);
    for await (const page of pagesOf(fetchPage, flags.limit)) {
      items.push(...page.items);
      print(page.items);
      if (page.more)
        this.note(say('Der er flere. Brug et højere --limit.', 'There are more. Use a higher --limit.'));
    }
    return items;
  }

  /** Fetches a whole list to look something up in it. */
  protected async all<Item>(fetchPage: FetchPage<Item>): Promise<readonly Item[]> {
    const items: Item[] = [];
    for await (const page of pagesOf(fetchPage)) items.push(...page.items);
    return items;
  }

  /** Prints a list that is already here. */
  protected show<Item>(
    flags: { readonly csv?: boolean | undefined },
    items: readonly Item[],
    columns: readonly Column<Item>[],
  ): void {
    this.#printer(flags, columns)(items);
  }

  /** Prints rows, the first time below their heading; the first rows decide how wide the columns are. */
  #printer<Item>(flags: { readonly csv?: boolean | undefined }, columns: readonly Column<Item>[]) {
    let table: TableLayout<Item> | null = null;
    let begun = false;
    return (items: readonly Item[]): void => {
      if (flags.csv) {
        process.stdout.write(begun ? csvRows(items, columns) : renderCsv(items, columns));
      } else if (items.length === 0) {
        if (!begun) this.log(say('Der er ingen.', 'There are none.'));
      } else {
        if (table === null) {
          table = layOutTable(items, columns, tableWidth());
          this.log(table.heading);
        }
        this.log(table.lines(items));
      }
      begun = true;
    };
  }

  /** Lets a person type `word` before something that cannot be undone; `--yes` says it beforehand. */
  protected async confirm(
    flags: { readonly yes: boolean },
    word: string,
    consequence: string,
  ): Promise<void> {
    if (flags.yes) return;
    const question = `${consequence}\n${say(`Skriv ${word} for at fortsætte:`, `Type ${word} to go on:`)}`;
    const answer = await ask(question, { what: say('bekræftelsen', 'the confirmation'), flag: '--yes' });
    if (answer.toUpperCase() !== word.toUpperCase()) throw new CliError('not_confirmed', { flag: '--yes' });
  }

  /** A remark beside the answer; on standard error, so that it never ends up in a file or a pipe. */
  protected note(text: string): void {
    if (!this.jsonEnabled()) process.stderr.write(`${text}\n`);
  }

  /** The command did its work and the answer is no: exit code 1. */
  protected negative(): void {
    process.exitCode = 1;
  }
}

/** The pages of a list until its end or `limit`; `more` on the last one if there was more to have. */
async function* pagesOf<Item>(fetchPage: FetchPage<Item>, limit = Number.POSITIVE_INFINITY) {
  let left = limit;
  let next: string | null = null;
  do {
    const wish = { limit: Math.min(200, left) };
    const page: Page<Item> = await fetchPage(next === null ? wish : { ...wish, cursor: next });
    const items = page.items.slice(0, left);
    left -= items.length;
    next = page.next;
    yield { items, more: left === 0 && (next !== null || page.items.length > items.length) };
  } while (next !== null && left > 0);
}
