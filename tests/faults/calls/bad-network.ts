import {
  type ImpairedTransportFactory,
  impair,
  loopbackTransports,
  type RelayedTransportFactory,
  relay,
  startTestMediaServer,
  type TestMediaServer,
} from '@naer/media-server/testing';
import type { Pages } from '../../compat/clients/pages.ts';
import { newRoom, Person, type Signalling, type Size, type Wishes } from './people.ts';
import { SignalHop } from './signal-hop.ts';

/** A media server whose clients reach it over a network that a test makes bad. */
export class BadNetwork {
  readonly media: TestMediaServer;
  /** Loses and delays packets, as a busy line does. */
  readonly line: ImpairedTransportFactory;
  /** Every datagram on the wire, ICE's own included, as a cable and a router carry it. */
  readonly wire: RelayedTransportFactory;
  readonly signalling: SignalHop;
  /** A browser for each: pages of one browser share its fake camera, which stays dark when both start it at once. */
  readonly #browsers: readonly [Pages, Pages];
  readonly #people: { readonly person: Person; readonly pages: Pages }[] = [];

  private constructor(
    media: TestMediaServer,
    networks: { readonly line: ImpairedTransportFactory; readonly wire: RelayedTransportFactory },
    signalling: SignalHop,
    browsers: readonly [Pages, Pages],
  ) {
    this.media = media;
    this.line = networks.line;
    this.wire = networks.wire;
    this.signalling = signalling;
    this.#browsers = browsers;
  }

  static async create(browsers: readonly [Pages, Pages]): Promise<BadNetwork> {
    const wire = relay(loopbackTransports());
    const line = impair(wire);
    const media = await startTestMediaServer({ transports: line });
    return new BadNetwork(media, { line, wire }, await SignalHop.open(media.port), browsers);
  }

  async #person(pages: Pages, identity: string, room: string, wishes: Wishes): Promise<Person> {
    const { apiKey, apiSecret } = this.media;
    const at: Signalling = { url: `ws://127.0.0.1:${this.signalling.port}`, apiKey, apiSecret };
    const person = await Person.create(pages, identity, room, at, wishes);
    this.#people.push({ person, pages });
    return person;
  }

  /** Anna and Bo in one room, with cameras. */
  async meet({
    size,
    publish,
    ...wishes
  }: Wishes & { readonly size?: Size; readonly publish?: Readonly<Record<string, unknown>> } = {}): Promise<
    [Person, Person]
  > {
    const room = newRoom();
    const [annas, bos] = this.#browsers;
    const [anna, bo] = await Promise.all([
      this.#person(annas, 'anna', room, wishes),
      this.#person(bos, 'bo', room, wishes),
    ]);
    const camera = {
      ...(size === undefined ? {} : { size }),
      ...(publish === undefined ? {} : { publish }),
    };
    await Promise.all([anna.enter(camera), bo.enter()]);
    return [anna, bo];
  }

  async close(): Promise<void> {
    await Promise.all(this.#people.map(({ person, pages }) => pages.giveBack(person.page)));
    await this.signalling.close();
    await this.media.close();
  }
}
