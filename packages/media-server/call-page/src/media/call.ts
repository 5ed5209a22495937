import type { CallEncryption, TroubleStep } from '@naer/core/contract/call-codes';
import type { Bytes } from '../keys/bytes.ts';
import { PlanTogether } from '../plan/together.ts';
import { RequestFailure } from '../request-failure.ts';
import { Observed } from '../store.ts';
import { isFinal } from '../watcher.ts';
import { Arrivals } from './arrivals.ts';
import { worseOf } from './measure.ts';
import { type Kind, OwnDevices } from './own-devices.ts';
import { encryptionOf, personOf } from './people.ts';
import type { MediaRoom } from './room.ts';
import type { Call, CallSnapshot, ChatLine, Devices, EndReason, MediaWish, PictureSource } from './state.ts';
import { entryTrouble, nameOf } from './trouble.ts';

/**
 * For two seconds after a connection was made anew, livekit-client 2.23 keeps back what it would tell and then forgets
 * to say it. So the room is read again and again, whatever it says.
 */
const readEveryMs = 500;
const measureEveryMs = 2_000;
/** A connection that is away for longer is a trouble of its own. */
const droppedAfterMs = 8_000;
const firstPauseMs = 1_000;
const longestPauseMs = 5_000;

export interface CallDeps {
  readonly room: MediaRoom;
  /** Address and token, asked for anew each time one comes in. Throws RequestFailure. */
  readonly enter: () => Promise<{ readonly url: string; readonly token: string }>;
  readonly devices: {
    list(): Promise<Devices>;
    /** Tells when something was plugged in or out; gives back what ends that. */
    watch(changed: () => void): () => void;
  };
  /** What is on, and by which device, is wished otherwise than before: to come in with the same again. */
  readonly wished: (wish: MediaWish) => void;
  readonly now: () => number;
}

/** One's own part in a call, from coming in until hanging up, over however many connections that takes. */
export class LiveCall implements Call {
  readonly #deps: CallDeps;
  readonly #store: Observed<CallSnapshot>;
  readonly #own: OwnDevices;
  readonly #arrivals: Arrivals;
  readonly plan: PlanTogether;
  readonly #endings: (() => void)[] = [];
  #encryption: CallEncryption;
  #wish: MediaWish;
  #loudspeakerId: string | null;
  #entryTrouble: TroubleStep | null = null;
  #entering = false;
  #wasIn = false;
  #lastError: string | null = null;
  #lines = 0;
  #wake: (() => void) | null = null;

  private constructor(deps: CallDeps, wish: MediaWish, encryption: CallEncryption) {
    const { room, now } = deps;
    this.#deps = deps;
    this.#encryption = encryption;
    this.#wish = wish;
    this.#loudspeakerId = wish.loudspeakerId ?? null;
    this.#arrivals = new Arrivals(room, now);
    this.#own = new OwnDevices(
      {
        room,
        cameras: () => this.#store.getSnapshot().devices.cameras,
        changed: () => this.#read(),
        failed: (error) => this.#failed(error),
      },
      wish,
    );
    this.#store = new Observed<CallSnapshot>({
      state: 'connecting',
      reconnectingSince: null,
      ended: null,
      troubles: [],
      people: [],
      own: this.#own.snapshot(room.read()),
      quality: 'good',
      chat: [],
      plan: { place: null, lookers: [] },
      encryption: null,
      needsTap: false,
      devices: { cameras: [], microphones: [], loudspeakers: [] },
      loudspeakerId: this.#loudspeakerId,
      firstFrameAt: null,
    });
    this.plan = new PlanTogether({
      // What is lost is said again to whoever asks, or comes in.
      send: (text) => void this.#attempt(() => room.sendPlan(text)),
      changed: (plan) => this.#store.change({ plan }),
    });
  }

  static start(deps: CallDeps, wish: MediaWish, encryption: CallEncryption): LiveCall {
    const call = new LiveCall(deps, wish, encryption);
    call.#begin();
    return call;
  }

  get getSnapshot() {
    return this.#store.getSnapshot;
  }

  get subscribe() {
    return this.#store.subscribe;
  }

  /** What diagnostics tell of the connection and of the last error. */
  measured() {
    return { ...this.#arrivals.measured(), lastError: this.#lastError };
  }

  async setKey(epoch: number, key: Bytes): Promise<void> {
    await this.#attempt(() => this.#deps.room.setKey(epoch, key));
    this.#arrivals.keyChanged();
  }

  /** Another way of encrypting means coming in anew: tracks that are published again while connected do not always come. */
  async setEncryption(encryption: CallEncryption): Promise<void> {
    if (encryption === this.#encryption || this.#over) return;
    this.#encryption = encryption;
    // Whoever is just coming in looks at it once they are.
    if (this.#entering) return;
    await this.#attempt(() => this.#deps.room.disconnect());
    await this.#comeIn();
  }

  readonly setCamera = async (on: boolean): Promise<void> => {
    this.#wishes({ camera: on });
    await this.#own.set('camera', on);
    await this.#list();
  };

  readonly setMicrophone = async (on: boolean): Promise<void> => {
    this.#wishes({ microphone: on });
    await this.#own.set('microphone', on);
    await this.#list();
  };

  readonly turnCamera = async (): Promise<void> => {
    await this.#own.turn();
    this.#read();
    const { deviceId } = this.#store.getSnapshot().own.camera;
    if (deviceId !== null) this.#wishes({ cameraId: deviceId });
    await this.#list();
  };

  readonly setSharing = async (on: boolean): Promise<boolean> => {
    const done = await this.#attempt(() => this.#deps.room.setSharing(on));
    this.#read();
    return done;
  };

  readonly useDevice = async (kind: Kind | 'loudspeaker', id: string): Promise<void> => {
    this.#wishes({ [`${kind}Id`]: id });
    if (kind === 'loudspeaker') await this.#chooseLoudspeaker(id);
    else await this.#own.choose(kind, id);
    this.#read();
  };

  readonly say = async (text: string): Promise<void> => {
    const trimmed = text.trim();
    if (trimmed === '' || this.#over) return;
    await this.#send(this.#addLine(null, trimmed), trimmed);
  };

  readonly sayAgain = async (id: string): Promise<void> => {
    const line = this.#store.getSnapshot().chat.find((each) => each.id === id);
    if (line === undefined || !line.failed || this.#over) return;
    this.#mark(id, false);
    await this.#send(id, line.text);
  };

  readonly startSound = async (): Promise<void> => {
    await this.#attempt(() => this.#deps.room.startSound());
    this.#read();
  };

  readonly show = (element: HTMLVideoElement, seat: string | null, source: PictureSource): (() => void) => {
    const sawFrame = () => {
      if (this.#store.getSnapshot().firstFrameAt === null)
        this.#store.change({ firstFrameAt: this.#deps.now() });
    };
    if (seat !== null) element.addEventListener('loadeddata', sawFrame, { once: true });
    const end = this.#deps.room.show(element, seat, source);
    return () => {
      element.removeEventListener('loadeddata', sawFrame);
      end();
    };
  };

  /** Leaves; on this side everything is over before the network knows. */
  end(reason: EndReason): void {
    if (this.#over) return;
    for (const end of this.#endings) end();
    this.#deps.room.close();
    this.#store.change({
      state: 'ended',
      ended: reason,
      reconnectingSince: null,
      people: [],
      troubles: [],
      needsTap: false,
    });
    this.#wake?.();
  }

  #wishes(changes: Partial<MediaWish>): void {
    this.#wish = { ...this.#wish, ...changes };
    this.#deps.wished(this.#wish);
  }

  #begin(): void {
    const { room, devices } = this.#deps;
    room.listen({
      changed: () => this.#read(),
      ended: (reason) => {
        if (reason !== 'vanished') this.end(reason);
        else void this.#comeIn();
      },
      text: (from, text) => {
        this.#addLine(from, text);
      },
      plan: (from, text) => this.plan.hear(from, text),
      undecodable: (identity) => {
        this.#arrivals.keyDidNotFit(identity);
        this.#read();
      },
    });
    const every = (ms: number, act: () => void) => {
      const timer = setInterval(act, ms);
      this.#endings.push(() => clearInterval(timer));
    };
    every(readEveryMs, () => this.#read());
    every(measureEveryMs, () => {
      void this.#attempt(() => this.#arrivals.look());
      if (!this.#entering) void this.#own.restore();
    });
    this.#endings.push(devices.watch(() => void this.#list()));
    void this.#list();
    void this.#comeIn().then(() => this.#list());
  }

  /** Browsers name devices only once one was allowed, and tell nobody when that is. */
  async #list(): Promise<void> {
    await this.#attempt(async () => this.#store.change({ devices: await this.#deps.devices.list() }));
  }

  get #over(): boolean {
    return this.#store.getSnapshot().ended !== null;
  }

  /** Tries until it is in, or told that it may not. */
  async #comeIn(): Promise<void> {
    if (this.#entering) return;
    this.#entering = true;
    for (let pauseMs = firstPauseMs; !this.#over; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        const encryption = this.#encryption;
        const [{ url, token }] = await Promise.all([
          this.#deps.enter(),
          this.#deps.room.setEncryption(encryption),
        ]);
        if (this.#over) break;
        await this.#deps.room.connect(url, token);
        if (encryption !== this.#encryption) {
          await this.#deps.room.disconnect();
          continue;
        }
        this.#entryTrouble = null;
        this.#wasIn = true;
        break;
      } catch (error) {
        this.#failed(error);
        if (error instanceof RequestFailure && isFinal(error))
          this.end(error.code === 'link_in_use' ? 'elsewhere' : 'removed');
        if (this.#over) break;
        this.#entryTrouble = entryTrouble(error);
        this.#read();
        await this.#pause((error instanceof RequestFailure ? error.retryAfterMs : null) ?? pauseMs);
      }
    }
    this.#entering = false;
    if (this.#over) return;
    this.#read();
    if (this.#loudspeakerId !== null) await this.#chooseLoudspeaker(this.#loudspeakerId);
    await this.#own.applyAll();
  }

  async #chooseLoudspeaker(id: string): Promise<void> {
    this.#loudspeakerId = id;
    await this.#attempt(() => this.#deps.room.chooseDevice('loudspeaker', id));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }

  async #attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #failed(error: unknown): void {
    this.#lastError = error instanceof RequestFailure ? error.code : nameOf(error);
  }

  /** What is said to nobody is kept by nobody: the service keeps no line for who comes later. */
  async #send(id: string, text: string): Promise<void> {
    const isHeard = this.#deps.room.read().others.length > 0;
    if (!isHeard || !(await this.#attempt(() => this.#deps.room.sendText(text)))) this.#mark(id, true);
  }

  #mark(id: string, failed: boolean): void {
    const { chat } = this.#store.getSnapshot();
    this.#store.change({
      chat: chat.map((line): ChatLine => (line.id === id ? { ...line, failed } : line)),
    });
  }

  #addLine(seat: string | null, text: string): string {
    this.#lines += 1;
    const line: ChatLine = { id: String(this.#lines), seat, text, at: this.#deps.now(), failed: false };
    this.#store.change({ chat: [...this.#store.getSnapshot().chat, line] });
    return line.id;
  }

  #read(): void {
    if (this.#over) return;
    const view = this.#deps.room.read();
    const connected = view.state === 'connected';
    const state = connected ? 'connected' : this.#wasIn ? 'reconnecting' : 'connecting';
    const people = view.others.map((other) => personOf(other, this.#arrivals.isUndecodable(other.identity)));
    this.plan.meet(people.map(({ seat }) => seat));
    const own = this.#own.snapshot(view);
    const reconnectingSince =
      state === 'reconnecting' ? (this.#store.getSnapshot().reconnectingSince ?? this.#deps.now()) : null;
    const dropped = reconnectingSince !== null && this.#deps.now() - reconnectingSince >= droppedAfterMs;
    const troubles: (TroubleStep | null)[] = [
      this.#entryTrouble,
      dropped ? 'dropped' : null,
      ...(connected ? this.#arrivals.troubles() : []),
      own.microphone.trouble,
      own.camera.trouble,
    ];
    this.#store.change({
      state,
      reconnectingSince,
      people,
      own,
      quality: connected ? worseOf(view.quality, this.#arrivals.quality()) : 'lost',
      encryption: encryptionOf(view),
      needsTap: connected && people.some(({ sound }) => sound === 'on') && !view.mayPlay,
      loudspeakerId: this.#loudspeakerId,
      troubles: troubles.filter((trouble) => trouble !== null),
    });
  }
}
