import { setTimeout as pause } from 'node:timers/promises';
import { callsRoutes, type Waiting } from '@naer/core/contract/calls';
import { talksRoutes } from '@naer/core/contract/talks';
import { Flags } from '@oclif/core';
import { followEvents } from '../../actions/follow-events.ts';
import { type WaitingChange, watchWaiting } from '../../actions/watch-waiting.ts';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { counted, say } from '../../language.ts';
import { waitingColumns, waitingLine } from '../../ui/calls.ts';

/** Changes come by themselves; this is for one that got lost. */
const anywayMs = 60_000;
/** While the service cannot be reached. */
const againMs = 2_000;

export default class WaitingCommand extends NaerCommand {
  static override summary = say('Hvem der venter på dig i en samtale', 'Who waits for you in a call');
  static override description = say(
    'Med --watch kommer der en linje, hver gang nogen kommer eller går. Stop med Ctrl-C.',
    'With --watch there is a line whenever somebody comes or goes. Stop with Ctrl-C.',
  );
  static override flags = {
    csv: listFlags.csv,
    watch: Flags.boolean({
      summary: say('Bliv ved, og sig til', 'Go on, and tell'),
      exclusive: ['csv'],
    }),
  };
  static override examples = ['naer waiting', 'naer waiting --watch'];

  async run() {
    const { flags } = await this.parse(WaitingCommand);
    if (flags.watch) return this.#watch();
    const items = await this.#look();
    if (flags.csv || items.length > 0) this.show(flags, items, waitingColumns(new Date()));
    else this.log(say('Ingen venter.', 'Nobody waits.'));
    const [first] = items;
    if (first !== undefined && !flags.csv)
      this.note(
        say(`Luk ind: naer calls admit ${first.citizen}`, `Let in: naer calls admit ${first.citizen}`),
      );
    if (!flags.csv) await this.#tellTalks();
    return items;
  }

  /** Who waits for an answer instead, in one line. */
  async #tellTalks(): Promise<void> {
    const { asked, proposed } = await this.call(talksRoutes.list, { query: {} });
    const count = asked.length + proposed.length;
    if (count === 0) return;
    const who = counted(count, ['borger venter', 'borgere venter'], ['citizen waits', 'citizens wait']);
    this.note(
      say(`${who} på svar om en snak: naer talks list`, `${who} for an answer about a talk: naer talks list`),
    );
  }

  async #look(): Promise<readonly Waiting[]> {
    return (await this.call(callsRoutes.waitingRoom, {})).items;
  }

  async #watch(): Promise<undefined> {
    const end = new AbortController();
    const events = followEvents(await this.client(), {
      signal: end.signal,
      onReset: () => undefined,
      onBreak: (waitMs) =>
        this.note(
          say(
            `Forbindelsen er brudt; prøver igen om ${waitMs / 1000} s.`,
            `The connection broke; trying again in ${waitMs / 1000} s.`,
          ),
        ),
      pause,
    });
    try {
      await watchWaiting({
        look: () => this.#look(),
        changed: ofCalls(events),
        tell: (change) => this.#tell(change),
        everyMs: anywayMs,
        againMs,
      });
    } finally {
      end.abort();
    }
    return undefined;
  }

  #tell({ came, went }: WaitingChange): void {
    const now = new Date();
    for (const [did, list] of [
      ['went', went],
      ['came', came],
    ] as const) {
      for (const one of list)
        process.stdout.write(
          this.jsonEnabled() ? `${JSON.stringify({ did, ...one })}\n` : `${waitingLine(one, did, now)}\n`,
        );
    }
  }
}

async function* ofCalls<Event extends { readonly entity: { readonly kind: string } }>(
  events: AsyncIterable<Event>,
): AsyncGenerator<Event> {
  for await (const event of events) if (event.entity.kind === 'call') yield event;
}
