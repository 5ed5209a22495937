import type { CallEncryption, TroubleStep } from '@naer/core/contract/call-codes';
import type { CallPage } from '@naer/core/contract/call-page';
import type { CallApi } from './api.ts';
import { type Agent, diagnosticsOf, type Measured } from './device/platform.ts';
import type { Bytes } from './keys/bytes.ts';
import { type ExchangeCrypto, ExchangeRefused } from './keys/exchange.ts';
import { HostAgreement } from './keys/host-agreement.ts';
import { type KeyAgreement, SeatAgreement } from './keys/seat-agreement.ts';
import type { Call, EndReason, MediaWish } from './media/state.ts';
import { RequestFailure } from './request-failure.ts';
import type { CallSession, SessionSnapshot } from './session-state.ts';
import { Observed } from './store.ts';
import { isFinal, Watcher } from './watcher.ts';

/** A call as the session drives it; screens see the `Call` in it. */
export interface DrivenCall extends Call {
  setKey(epoch: number, key: Bytes): Promise<void>;
  setEncryption(encryption: CallEncryption): Promise<void>;
  end(reason: EndReason): void;
  measured(): Measured;
}

export interface StartCall {
  readonly wish: MediaWish;
  readonly encryption: CallEncryption;
  readonly enter: () => Promise<{ readonly url: string; readonly token: string }>;
  /** Something was switched on or off, or another device chosen. */
  readonly wished: (wish: MediaWish) => void;
}

export interface SessionDeps {
  readonly api: CallApi;
  readonly hasLink: boolean;
  readonly canEncrypt: boolean;
  readonly crypto: ExchangeCrypto;
  readonly agent: Agent;
  /** What the browser could use, for diagnostics before there is a call. */
  readonly codecs: () => Measured['codecs'];
  readonly now: () => number;
  readonly random: () => number;
  /** Loads what a call needs, which the first screen does not, and begins it. */
  readonly startCall: (start: StartCall) => Promise<DrivenCall>;
  /** What a call needs could not be loaded, and will not be in this page: comes back in a new one, where that helps. */
  readonly takeNewPage: () => Promise<void>;
  /** Loads it ahead and gets ready, for whoever is about to come in. Safe to call again. */
  readonly makeReady: () => void;
  /** What lasts over a reload of this tab: with what one was in. */
  readonly kept: { read(): MediaWish | null; write(wish: MediaWish | null): void };
}

/** The service or the way to it is away for now; what was asked may be asked again. */
const isPassing = ({ code }: RequestFailure): boolean =>
  code === 'offline' || code === 'service_down' || code === 'unavailable' || code === 'too_many_requests';

const isOn = ({ state }: CallPage): boolean => state === 'prepared' || state === 'on';

const firstPauseMs = 500;
const longestPauseMs = 8_000;
const loadAgainMs = 3_000;
const passingFailureMs = 10_000;

export class Session implements CallSession {
  readonly api: CallApi;
  readonly #deps: SessionDeps;
  readonly #store: Observed<SessionSnapshot>;
  #watcher: Watcher | null = null;
  #agreement: KeyAgreement | null = null;
  #key: { epoch: number; key: Bytes } | null = null;
  #call: DrivenCall | null = null;
  #wish: MediaWish | null = null;
  /** What this page promised with each `wait`. */
  readonly #said = new Set<string>();
  #waiting = false;
  #leaving = false;
  /** What did not reach the service is said again. */
  #sayTimer: ReturnType<typeof setTimeout> | undefined;
  #failureTimer: ReturnType<typeof setTimeout> | undefined;
  #opening = 0;
  #openTimer: ReturnType<typeof setTimeout> | undefined;
  #loadTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.api = deps.api;
    this.#store = new Observed<SessionSnapshot>({
      phase: deps.hasLink ? 'opening' : 'no-link',
      refusal: null,
      page: null,
      service: { state: 'reached' },
      canEncrypt: deps.canEncrypt,
      keys: { seats: [], epoch: 0 },
      call: null,
      wantsIn: false,
      hungUp: false,
      entering: { running: false, failure: null },
      lastFailure: null,
    });
  }

  get getSnapshot() {
    return this.#store.getSnapshot;
  }

  get subscribe() {
    return this.#store.subscribe;
  }

  readonly open: CallSession['open'] = async (options = {}) => {
    if (!this.#deps.hasLink || this.#closed) return;
    this.#opening += 1;
    const opening = this.#opening;
    this.#store.change({ phase: 'opening', refusal: null });
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        const page = await this.api.open(options);
        if (this.#closed || opening !== this.#opening) return;
        this.#store.change({ phase: 'open', service: { state: 'reached' } });
        this.#watch();
        this.#take(page);
        if (isOn(page) && Date.parse(page.visit.opensAt) <= this.#deps.now()) this.#deps.makeReady();
        await this.#resume(page);
        return;
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        if (this.#closed || opening !== this.#opening) return;
        if (error.code === 'too_many_requests' || !isPassing(error)) {
          this.#store.change({ phase: 'refused', refusal: error });
          return;
        }
        this.#lost(error);
        await new Promise((resolve) => {
          this.#openTimer = setTimeout(resolve, error.retryAfterMs ?? pauseMs);
        });
      }
    }
  };

  readonly reportTests: CallSession['reportTests'] = async (results) => {
    await this.#act(() => this.api.reportTests(results));
  };

  readonly wait: CallSession['wait'] = async (wish) => {
    this.#keepWish(wish);
    this.#deps.makeReady();
    this.#store.change({ wantsIn: true, hungUp: false });
    await this.#sayWait();
  };

  readonly admit: CallSession['admit'] = async (seat) => {
    await this.#act(() => this.api.admit(seat));
  };

  readonly refuse: CallSession['refuse'] = async (seat) => {
    await this.#act(() => this.api.admit(seat, true));
  };

  readonly hangUp: CallSession['hangUp'] = async () => {
    this.#store.change({ wantsIn: false, hungUp: true });
    this.#deps.kept.write(null);
    this.#call?.end('hung-up');
    this.#endAgreement();
    await this.#sayGoodbye();
  };

  readonly comeBack: CallSession['comeBack'] = async () => {
    // One that still tries to come in would be in twice.
    this.#call?.end('vanished');
    this.#call = null;
    this.#store.change({ call: null, entering: { running: false, failure: null } });
    await this.wait(this.#wish ?? { camera: true, microphone: true });
    const { page } = this.#store.getSnapshot();
    if (page !== null) this.#react(page);
  };

  readonly takeOver: CallSession['takeOver'] = async () => {
    const wasIn = this.#wish !== null && !this.#store.getSnapshot().hungUp;
    await this.open({ takeOver: true });
    if (wasIn && this.#store.getSnapshot().phase === 'open') await this.comeBack();
  };

  readonly declareAlone: CallSession['declareAlone'] = async (alone) => {
    await this.#act(() => this.api.declareAlone(alone));
  };

  readonly tellCompany: CallSession['tellCompany'] = async (company) => {
    await this.#act(() => this.api.tellCompany(company));
  };

  readonly tellTrouble: CallSession['tellTrouble'] = async (step, giveUp) => {
    const measured = this.#call?.measured() ?? {
      roundTripMs: null,
      lossPercent: null,
      codecs: this.#deps.codecs(),
      lastError: null,
    };
    const diagnostics = diagnosticsOf(this.#deps.agent, measured);
    await this.#act(() => this.api.reportTrouble({ step, giveUp, diagnostics }));
  };

  readonly readPhone: CallSession['readPhone'] = async () => {
    let phone: string | null = null;
    await this.#act(async () => {
      phone = (await this.api.readPhone()).phone;
      return null;
    });
    return phone;
  };

  readonly answerWorked: CallSession['answerWorked'] = (worked) =>
    this.#act(() => this.api.answerWorked(worked));

  readonly keepPlan: CallSession['keepPlan'] = async (file) => {
    let failure: RequestFailure | null = null;
    await this.#act(async () => {
      try {
        return await this.api.keepPlan(file);
      } catch (error) {
        if (error instanceof RequestFailure && !isFinal(error)) failure = error;
        throw error;
      }
    });
    return failure;
  };

  readonly readPlan: CallSession['readPlan'] = async () => {
    let file: Blob | null = null;
    await this.#act(async () => {
      file = await this.api.readPlan();
      return null;
    });
    return file;
  };

  readonly removePlan: CallSession['removePlan'] = () => this.#act(() => this.api.removePlan());

  readonly finish: CallSession['finish'] = (end) => this.#act(() => this.api.finish(end));

  readonly prepare: CallSession['prepare'] = (agenda) => this.#act(() => this.api.prepare(agenda));

  readonly answerProposal: CallSession['answerProposal'] = (answer) =>
    this.#act(() => this.api.answerProposal(answer));

  readonly askNewLink: CallSession['askNewLink'] = (to) =>
    this.#act(async () => {
      await this.api.askNewLink(to);
      return null;
    });

  readonly forgetFailure: CallSession['forgetFailure'] = () => {
    clearTimeout(this.#failureTimer);
    this.#store.change({ lastFailure: null });
  };

  readonly close: CallSession['close'] = () => {
    this.#closed = true;
    clearTimeout(this.#openTimer);
    clearTimeout(this.#loadTimer);
    clearTimeout(this.#sayTimer);
    clearTimeout(this.#failureTimer);
    this.#watcher?.close();
    this.#agreement?.close();
    this.#call?.end('vanished');
  };

  /** The network came back, or the page is looked at again. */
  readonly poke = (): void => this.#watcher?.poke();

  /** The tab is going: the media server is told at once. Whether it reloads or is closed, nobody knows here. */
  readonly leavePage = (): void => {
    this.#call?.end('hung-up');
    if (this.#owesGoodbye()) void this.api.leave(true).catch(() => {});
    this.close();
  };

  /** Who comes in again, by whatever way, comes in with what they had on: a camera that was off stays off. */
  #keepWish(wish: MediaWish): void {
    this.#wish = wish;
    this.#deps.kept.write(wish);
  }

  /** In before a reload: in again. */
  async #resume(page: CallPage): Promise<void> {
    const wish = this.#deps.kept.read();
    const wasIn = page.me.state !== 'invited' && page.me.state !== 'refused';
    if (wish !== null && isOn(page) && wasIn) await this.wait(wish);
  }

  #watch(): void {
    this.#watcher?.close();
    this.#watcher = Watcher.start({
      api: this.api,
      now: this.#deps.now,
      random: this.#deps.random,
      version: () => this.#store.getSnapshot().page?.version ?? null,
      onPage: (page) => this.#take(page),
      onService: (service) => this.#store.change({ service }),
      onRefused: (failure) => this.#refused(failure),
    });
  }

  #lost(failure: RequestFailure): void {
    const { service } = this.#store.getSnapshot();
    this.#store.change({
      service: {
        state: failure.code === 'offline' ? 'offline' : 'unreachable',
        since: service.state === 'reached' ? this.#deps.now() : service.since,
      },
    });
  }

  #refused(failure: RequestFailure): void {
    const { page } = this.#store.getSnapshot();
    this.#watcher?.close();
    this.#endAgreement();
    const call = this.#call;
    this.#call = null;
    call?.end(failure.code === 'link_in_use' ? 'elsewhere' : 'removed');
    // Where it is open now is where one is in after a reload.
    if (failure.code === 'link_in_use') this.#deps.kept.write(null);
    // Half an hour after the call links end: what was shown last stays on the screen.
    if (page?.state === 'ended' || page?.state === 'failed') return;
    this.#store.change({ phase: 'refused', refusal: failure, wantsIn: false, call: null });
  }

  /** True when it worked. The page that comes back is taken like any other. */
  async #act(act: () => Promise<CallPage | null>): Promise<boolean> {
    try {
      const page = await act();
      if (page !== null) this.#take(page);
      this.forgetFailure();
      return true;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      if (isFinal(error)) this.#refused(error);
      else this.#tellFailure(error);
      return false;
    }
  }

  /** Of a network that was away for a moment nothing stays on the screen; a refusal stays until it was read. */
  #tellFailure(failure: RequestFailure): void {
    clearTimeout(this.#failureTimer);
    this.#store.change({ lastFailure: failure });
    if (isPassing(failure)) this.#failureTimer = setTimeout(this.forgetFailure, passingFailureMs);
  }

  async #sayWait(): Promise<void> {
    if (this.#waiting) return;
    this.#waiting = true;
    try {
      const agreement = this.#agreementOf();
      const commitment = agreement === null ? null : (agreement.commitment ?? (await agreement.begin()));
      if (!(await this.#act(() => this.#wait({ canEncrypt: commitment !== null, commitment }))))
        this.#notTaken();
    } catch (error) {
      if (!(error instanceof ExchangeRefused)) throw error;
    } finally {
      this.#waiting = false;
    }
  }

  #wait(wish: Parameters<CallApi['wait']>[0]): Promise<CallPage> {
    if (wish.commitment != null) this.#said.add(wish.commitment);
    return this.api.wait(wish);
  }

  /** Nobody is told that they wait while the service has said no; what did not reach it is said again. */
  #notTaken(): void {
    const { lastFailure, wantsIn } = this.#store.getSnapshot();
    if (lastFailure === null || !wantsIn || this.#closed) return;
    if (!isPassing(lastFailure)) {
      this.#deps.kept.write(null);
      this.#store.change({ wantsIn: false });
      return;
    }
    this.#sayAgain(lastFailure);
  }

  #sayAgain({ retryAfterMs }: RequestFailure): void {
    clearTimeout(this.#sayTimer);
    this.#sayTimer = setTimeout(() => {
      const { page } = this.#store.getSnapshot();
      if (page !== null) this.#react(page);
    }, retryAfterMs ?? loadAgainMs);
  }

  /** They hung up, and the service has not heard of it. */
  #owesGoodbye(): boolean {
    const { hungUp, page } = this.#store.getSnapshot();
    return hungUp && (page?.me.state === 'waiting' || page?.me.state === 'admitted');
  }

  /** Until it is heard: to the service who only vanished was cut off, and what was agreed for a failed call would begin. */
  async #sayGoodbye(): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    const heard = await this.#act(() => this.api.leave());
    this.#leaving = false;
    const { lastFailure } = this.#store.getSnapshot();
    if (!heard && !this.#closed && lastFailure !== null && isPassing(lastFailure))
      this.#sayAgain(lastFailure);
  }

  /** A key that was shown is not promised again: who comes back begins anew. */
  #endAgreement(): void {
    this.#agreement?.close();
    this.#agreement = null;
    this.#key = null;
    this.#store.change({ keys: { seats: [], epoch: 0 } });
  }

  #agreementOf(): KeyAgreement | null {
    const { page } = this.#store.getSnapshot();
    if (!this.#deps.canEncrypt || page === null) return null;
    if (this.#agreement !== null) return this.#agreement;
    const { seat, isHost } = page.me;
    const take =
      <T extends readonly unknown[]>(act: (...args: T) => Promise<CallPage>) =>
      async (...args: T) => {
        const answer = await act(...args);
        this.#take(answer);
        return answer;
      };
    const deps = {
      crypto: this.#deps.crypto,
      onKey: (epoch: number, key: Bytes) => {
        this.#key = { epoch, key };
        void this.#call?.setKey(epoch, key);
      },
    };
    const { revealKey, giveKeys } = this.api;
    const agreement = isHost
      ? new HostAgreement({ ...deps, api: { giveKeys: take(giveKeys) } }, seat)
      : new SeatAgreement(
          { ...deps, api: { wait: take((wish) => this.#wait(wish)), revealKey: take(revealKey) } },
          seat,
        );
    agreement.subscribe(() => {
      if (this.#agreement === agreement) this.#store.change({ keys: agreement.getSnapshot() });
    });
    this.#agreement = agreement;
    return agreement;
  }

  #take(page: CallPage): void {
    const { page: before, phase } = this.#store.getSnapshot();
    // Answers of acts and of watching overtake each other.
    if (this.#closed || (before !== null && page.version < before.version)) return;
    this.#store.change({ page, ...(phase === 'refused' ? {} : { phase: 'open' }) });
    if (before !== null && this.#isPutOut(before, page)) {
      this.#refused(new RequestFailure('link_in_use'));
      return;
    }
    this.#agreement?.follow(page);
    this.#react(page);
  }

  /** Two windows of one browser are one device to the service: the one whose promise stands in the seat is in. */
  #isPutOut(before: CallPage, page: CallPage): boolean {
    const [was, is] = [before, page].map(
      ({ seats, me }) => seats.find(({ id }) => id === me.seat)?.exchange.commitment ?? null,
    );
    return was != null && is != null && this.#said.has(was) && !this.#said.has(is);
  }

  #react(page: CallPage): void {
    const { wantsIn } = this.#store.getSnapshot();
    if (page.state === 'ended' || page.state === 'failed') {
      this.#call?.end('call-ended');
      this.#deps.kept.write(null);
      if (wantsIn) this.#store.change({ wantsIn: false });
      return;
    }
    if (page.me.state === 'refused') {
      this.#call?.end('removed');
      return;
    }
    if (page.encryption !== null) void this.#call?.setEncryption(page.encryption);
    if (this.#owesGoodbye()) void this.#sayGoodbye();
    if (!wantsIn) return;
    if (page.me.state === 'admitted') void this.#comeIn(page);
    // Not taken before, or the service thinks that we have gone.
    else if (page.me.state !== 'waiting') void this.#sayWait();
  }

  async #comeIn(page: CallPage): Promise<void> {
    const { entering } = this.#store.getSnapshot();
    if (this.#call !== null || entering.running) return;
    // Tried again by itself, it changes nothing of what is shown until it is known to work.
    this.#store.change({ entering: { running: true, failure: entering.failure } });
    const failure = await this.#start(page.encryption ?? this.#best());
    this.#store.change({ entering: { running: false, failure } });
    if (failure === null || this.#closed) return;
    if (this.#store.getSnapshot().wantsIn) await this.#deps.takeNewPage();
    if (this.#closed) return;
    clearTimeout(this.#loadTimer);
    this.#loadTimer = setTimeout(() => {
      const { page: newest } = this.#store.getSnapshot();
      if (newest !== null) this.#react(newest);
    }, loadAgainMs);
  }

  async #start(encryption: CallEncryption): Promise<TroubleStep | null> {
    try {
      const call = await this.#deps.startCall({
        wish: this.#wish ?? { camera: true, microphone: true },
        encryption,
        enter: () => this.#enter(),
        wished: (wish) => {
          if (this.#store.getSnapshot().wantsIn) this.#keepWish(wish);
        },
      });
      if (this.#closed || !this.#store.getSnapshot().wantsIn) {
        call.end('hung-up');
        return null;
      }
      this.#call = call;
      this.#store.change({ call });
      this.#watchEnd(call);
      if (this.#key !== null) await call.setKey(this.#key.epoch, this.#key.key);
      const { page } = this.#store.getSnapshot();
      if (page !== null && page.encryption !== null) await call.setEncryption(page.encryption);
      return null;
    } catch {
      // The program for calls could not be loaded: the service or the network.
      return 'service-down';
    }
  }

  /** Whichever asks first hears that the link no longer holds here: coming in, or watching. */
  async #enter() {
    try {
      return await this.api.enter(this.#best());
    } catch (error) {
      if (error instanceof RequestFailure && isFinal(error)) this.#refused(error);
      throw error;
    }
  }

  /** Who was put out by another window, or turned away, does not wait, or come in, again by itself. */
  #watchEnd(call: DrivenCall): void {
    const stop = call.subscribe(() => {
      const { ended } = call.getSnapshot();
      if (ended === null) return;
      stop();
      if (this.#call !== call || this.#closed) return;
      if (ended === 'elsewhere') this.#refused(new RequestFailure('link_in_use'));
      if (ended !== 'removed') return;
      this.#deps.kept.write(null);
      this.#store.change({ wantsIn: false });
    });
  }

  /** Never back up once the call is in transit only. */
  #best(): CallEncryption {
    const isOpen = this.#store.getSnapshot().page?.encryption === 'in-transit';
    return this.#deps.canEncrypt && !isOpen ? 'end-to-end' : 'in-transit';
  }
}
