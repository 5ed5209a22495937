import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type Call, callsRoutes } from '@naer/core/contract/calls';
import { citizen } from '@naer/core/contract/citizens';
import { createdToken } from '@naer/core/contract/identity';
import { messagesRoutes } from '@naer/core/contract/messages';
import { type Visit, visit as visitShape } from '@naer/core/contract/visits';
import { checkout, createHome, type Service, type ServiceHome } from '../../support/service.ts';
import { patienceMs, until } from './until.ts';

const bin = path.join(checkout, 'packages/cli/bin/naer.js');
const clockProgram = path.join(checkout, 'tests/support/clock.cjs');

interface Parser<Value> {
  parse(value: unknown): Value;
}

export type Settings = Readonly<Record<string, string>>;

export interface TownOptions {
  /** Settings of the service besides those of every test; of its address, where they need to know that. */
  readonly environment?: Settings | ((url: string) => Promise<Settings>);
  /**
   * An instant on which service, media server and commands begin to live, to be moved by `setClock`. Without it they live
   * now, which a LiveKit beside them does in any case.
   */
  readonly clock?: string;
  /** First name and the rest of the worker with the initials MHO. */
  readonly worker?: string;
}

/** A municipality with one worker (MHO), run as an operator runs it: the built service and the built command. */
export class Town {
  readonly place: ServiceHome;
  #service: Service;
  readonly #environment: Settings;
  readonly #clockFile: string | null;
  #token = '';
  #citizens = 0;

  private constructor(place: ServiceHome, service: Service, environment: Settings, clockFile: string | null) {
    this.place = place;
    this.#service = service;
    this.#environment = environment;
    this.#clockFile = clockFile;
  }

  static async found({ environment = {}, clock, worker = 'Mette Holm' }: TownOptions = {}): Promise<Town> {
    const place = await createHome();
    try {
      const clockFile = clock === undefined ? null : path.join(place.home, 'clock');
      if (clock !== undefined && clockFile !== null) {
        await writeClock(clockFile, clock);
        await writeClockProgram(clockFile);
      }
      const own =
        typeof environment === 'function' ? await environment(`http://127.0.0.1:${place.port}`) : environment;
      const all = { ...own, ...clockEnvironment(clockFile) };
      const town = new Town(place, await place.start(all, { timeoutMs: 2 * patienceMs }), all, clockFile);
      await town.#settle(worker);
      return town;
    } catch (error) {
      await place.remove();
      throw error;
    }
  }

  get url(): string {
    return this.#service.url;
  }

  get service(): Service {
    return this.#service;
  }

  /** Starts the service again after `service.stop()` or `service.killHard()`, with other settings where they are given. */
  async startAgain(environment: Settings = {}): Promise<Service> {
    this.#service = await this.place.start({ ...this.#environment, ...environment });
    return this.#service;
  }

  /** @param to an instant such as `2026-11-24T10:00:00+01:00` */
  async setClock(to: string): Promise<void> {
    if (this.#clockFile === null) throw new Error('this town lives now');
    await writeClock(this.#clockFile, to);
  }

  /** Runs `naer` as the worker, in Danish; it must succeed. Returns what it prints. */
  readonly naer = (...argv: string[]): Promise<string> => this.#run(argv, this.#token);

  /** The same as whoever runs the installation. */
  readonly admin = (...argv: string[]): Promise<string> => this.#run(argv, null);

  /** What a command answers as JSON. */
  async answer<Value>(parser: Parser<Value>, ...argv: string[]): Promise<Value> {
    return parser.parse(JSON.parse(await this.naer(...argv, '--json')));
  }

  /** A citizen of the worker's with a mobile number and a mail address; returns the code. */
  async addCitizen(options: { readonly name?: string; readonly phone?: string } = {}): Promise<string> {
    this.#citizens += 1;
    const nth = String(this.#citizens).padStart(2, '0');
    const { name = `Borger ${nth}`, phone = `20 00 00 ${nth}` } = options;
    const identity = ['--reference', `1002${nth}`, '--name', name, '--phone', phone];
    const grant = ['--basis', 'SEL § 85', '--hours', '2', '--per', 'week', '--met', '2026-10-01'];
    const near = ['--email', `borger${nth}@example.dk`, '--worker', 'MHO', '--team', 'Team Midt'];
    const made = await this.admin('citizens', 'add', ...identity, ...grant, ...near, '--json');
    return citizen.parse(JSON.parse(made)).code;
  }

  /** Plans a video visit by the command; from the next whole minute unless `at` says when. */
  async plan(code: string, { at = 'om 1 minut', minutes = 20 } = {}): Promise<Visit> {
    const wish = ['--video', at, '--minutes', String(minutes), '--anyway'];
    return this.answer(visitShape, 'visits', 'plan', code, ...wish);
  }

  /** The text of the newest message to a citizen that holds a link, as it lies in the mailbox. */
  async readMail(code: string, kind?: string): Promise<string> {
    const { items } = { items: messagesRoutes.list.reply.shape.items };
    return until(`a message to ${code}`, async () => {
      const list = items.parse(JSON.parse(await this.admin('messages', 'list', '--citizen', code, '--json')));
      const [newest] = list
        .filter((each) => each.sentAt !== null && (kind === undefined || each.kind === kind))
        .sort((a, b) => Date.parse(b.sentAt ?? '') - Date.parse(a.sentAt ?? ''));
      return newest === undefined ? null : this.admin('messages', 'show', newest.id);
    });
  }

  /** The citizen's link, out of the newest message that holds one. */
  async linkOf(code: string): Promise<string> {
    return linkIn(await this.readMail(code));
  }

  /** The address of the worker's own page, as `naer visits start CODE --print` tells it. */
  async workerUrl(code: string, { agenda }: { readonly agenda?: string } = {}): Promise<string> {
    const told = agenda === undefined ? [] : ['--agenda', agenda];
    return (await this.naer('visits', 'start', code, '--print', ...told)).trim();
  }

  readonly call = (code: string): Promise<Call> => this.answer(callsRoutes.show.reply, 'calls', 'show', code);

  readonly visit = (code: string): Promise<Visit> => this.answer(visitShape, 'visits', 'show', code);

  async close(): Promise<void> {
    await this.place.remove();
  }

  async #settle(worker: string): Promise<void> {
    await this.admin('team', 'add', 'Team Midt');
    await this.admin('staff', 'add', 'MHO', worker, '--role', 'support-worker', '--team', 'Team Midt');
    // Tests that live now run at night and on Sundays as well.
    await this.admin('visits', 'rules', '--day-hours', 'ma-sø 0-24');
    await this.admin('call-defaults', 'set', '--help-phone', '70 00 00 00', '--acute-phone', '112');
    const made = await this.admin('token', 'create', 'samtaler', '--for', 'MHO', '--json');
    this.#token = createdToken.parse(JSON.parse(made)).secret ?? '';
  }

  async #run(argv: readonly string[], token: string | null): Promise<string> {
    const child = spawn(process.execPath, [bin, ...argv], {
      env: {
        PATH: process.env.PATH,
        HOME: this.place.home,
        LANG: 'da_DK.UTF-8',
        NAER_HOME: this.place.home,
        ...clockEnvironment(this.#clockFile),
        ...(token === null ? {} : { NAER_TOKEN: token }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [exit]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    if (exit !== 0) throw new Error(`naer ${argv.join(' ')} ended with ${exit}:\n${stderr}${stdout}`);
    return stdout;
  }
}

/** The link to the call page in a message. */
export function linkIn(message: string): string {
  const link = /https?:\/\/\S+\/s#[\w-]+/.exec(message)?.[0];
  if (link === undefined) throw new Error('the message holds no link');
  return link;
}

const clockEnvironment = (file: string | null): Record<string, string> =>
  file === null ? {} : { NODE_OPTIONS: `--require ${file}.cjs` };

/** The media server is given its options by the service, and nothing else of the environment. */
const writeClockProgram = (file: string): Promise<void> =>
  writeFile(
    `${file}.cjs`,
    `process.env.NAER_TEST_CLOCK = ${JSON.stringify(file)};\nrequire(${JSON.stringify(clockProgram)});\n`,
  );

/** Replaced as a whole, so that nobody reads half of it. */
async function writeClock(file: string, to: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, new Date(to).toISOString());
  await rename(draft, file);
}
