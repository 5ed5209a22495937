import type { CallPage } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';
import type { CallApi, SeatKeys } from '../api.ts';
import { Observed } from '../store.ts';
import { type Bytes, toBase64Url } from './bytes.ts';
import { ExchangeRefused, HostExchange, keyBytes } from './exchange.ts';
import { Follower } from './follower.ts';
import { type AgreementDeps, exchangesAtMost, type KeyAgreement } from './seat-agreement.ts';
import type { KeyProgress, KeysSnapshot } from './state.ts';

interface HostDeps extends AgreementDeps {
  readonly api: Pick<CallApi, 'giveKeys'>;
}

/** What the host's page knows of one seat. */
interface Counterpart {
  readonly exchange: HostExchange;
  refused: boolean;
  /** The epoch whose key it was given last. */
  given: number;
}

interface CallKey {
  readonly epoch: number;
  readonly key: Bytes;
}

/** Let in, and not gone since, by whatever way: who vanished is given the key in use once they are back. */
const isIn = ({ state, gone }: Seat): boolean => state === 'admitted' && gone === null;

/** The host's side: makes the call's key, agrees with each seat, gives the key to whoever is admitted. */
export class HostAgreement implements KeyAgreement {
  readonly #deps: HostDeps;
  readonly #seatId: string;
  readonly #store = new Observed<KeysSnapshot>({ seats: [], epoch: 0 });
  readonly #follower = new Follower((page) => this.#step(page));
  readonly #counterparts = new Map<string, Counterpart>();
  readonly #answered = new Map<string, number>();
  /** The codes that were to be compared, by seat. */
  readonly #codes = new Map<string, Set<string>>();
  #mark: string | null = null;
  #key: CallKey | null = null;
  #inUse = 0;
  #admitted: ReadonlySet<string> = new Set();

  constructor(deps: HostDeps, seatId: string) {
    this.#deps = deps;
    this.#seatId = seatId;
  }

  get getSnapshot() {
    return this.#store.getSnapshot;
  }

  get subscribe() {
    return this.#store.subscribe;
  }

  /**
   * The host commits to nothing; what it waits with only marks this page. After a reload the private keys are gone, and
   * seats that see another mark begin their exchange anew.
   */
  async begin(): Promise<string> {
    this.#mark = toBase64Url(this.#random());
    return this.#mark;
  }

  get commitment(): string | null {
    return this.#mark;
  }

  follow(page: CallPage): void {
    this.#follower.follow(page);
  }

  settled(): Promise<void> {
    return this.#follower.settled();
  }

  close(): void {
    this.#follower.close();
  }

  #random(): Bytes {
    return this.#deps.crypto.getRandomValues(new Uint8Array(keyBytes));
  }

  async #step(page: CallPage): Promise<void> {
    const seats = page.seats.filter(({ id }) => id !== this.#seatId);
    this.#keep(seats);
    const answers: SeatKeys[] = [];
    const wrapped: string[] = [];
    for (const seat of seats) {
      const answer = await this.#answer(seat);
      if (answer === null) continue;
      answers.push(answer);
      if (answer.wrapped !== undefined) wrapped.push(seat.id);
    }
    this.#tell();
    if (answers.length > 0) await this.#deps.api.giveKeys(answers);
    const key = this.#key;
    if (key === null) return;
    for (const id of wrapped) {
      const counterpart = this.#counterparts.get(id);
      if (counterpart !== undefined) counterpart.given = key.epoch;
    }
    // The others have a new key before anything is sent under it.
    if (this.#inUse !== key.epoch) {
      this.#inUse = key.epoch;
      this.#deps.onKey(key.epoch, key.key);
    }
    this.#tell();
  }

  /** A key to begin with, and another whenever somebody left a meeting of more than two: they cannot go on listening. */
  #keep(seats: readonly Seat[]): void {
    const admitted = new Set(seats.filter(isIn).map(({ id }) => id));
    const somebodyLeft = [...this.#admitted].some((id) => !admitted.has(id));
    if (this.#key === null) {
      // A page before this one may have given out epochs already.
      const last = Math.max(0, ...seats.map(({ exchange }) => exchange.epoch));
      this.#key = { epoch: last + 1, key: this.#random() };
    } else if (somebodyLeft && this.#admitted.size > 1) {
      this.#key = { epoch: this.#key.epoch + 1, key: this.#random() };
    }
    this.#admitted = admitted;
  }

  async #answer(seat: Seat): Promise<SeatKeys | null> {
    const { commitment, hostKey, publicKey, nonce } = seat.exchange;
    if (commitment === null) {
      this.#counterparts.delete(seat.id);
      return null;
    }
    let counterpart = this.#counterparts.get(seat.id);
    if (counterpart?.exchange.commitment !== commitment) {
      // Answered by a page before this one: the seat sees our mark and begins anew.
      if (hostKey !== null) {
        this.#counterparts.delete(seat.id);
        return null;
      }
      counterpart = await this.#begin(seat.id, commitment);
    }
    if (counterpart === undefined || counterpart.refused) return null;
    const { exchange } = counterpart;
    if (hostKey === null) return { seat: seat.id, hostKey: exchange.hostKey, commitment };
    try {
      if (hostKey !== exchange.hostKey) throw new ExchangeRefused('another key was given in our name');
      if (publicKey === null || nonce === null) return null;
      if (exchange.code === null) await exchange.check({ publicKey, nonce });
    } catch (error) {
      if (!(error instanceof ExchangeRefused)) throw error;
      counterpart.refused = true;
      return null;
    }
    const key = this.#key;
    if (key === null || !isIn(seat) || counterpart.given === key.epoch) return null;
    return {
      seat: seat.id,
      wrapped: { epoch: key.epoch, key: await exchange.wrap(key.epoch, key.key) },
    };
  }

  async #begin(seatId: string, commitment: string): Promise<Counterpart | undefined> {
    const before = this.#counterparts.get(seatId);
    const answered = (this.#answered.get(seatId) ?? 0) + 1;
    if (answered > exchangesAtMost) {
      if (before !== undefined) before.refused = true;
      return before;
    }
    this.#answered.set(seatId, answered);
    try {
      const exchange = await HostExchange.answer(this.#deps.crypto, seatId, commitment);
      const counterpart = { exchange, refused: false, given: 0 };
      this.#counterparts.set(seatId, counterpart);
      return counterpart;
    } catch (error) {
      if (!(error instanceof ExchangeRefused)) throw error;
      return undefined;
    }
  }

  #tell(): void {
    const seats = [...this.#counterparts].map(([seat, counterpart]) => {
      const { code } = counterpart.exchange;
      const codes = this.#codes.get(seat) ?? new Set();
      if (code !== null) this.#codes.set(seat, codes.add(code));
      return { seat, progress: this.#progress(counterpart), code, renewed: codes.size > 1 };
    });
    this.#store.set({ seats, epoch: this.#inUse });
  }

  #progress({ refused, exchange, given }: Counterpart): KeyProgress {
    if (refused) return 'mismatch';
    if (exchange.code === null) return 'agreeing';
    return given === this.#key?.epoch ? 'ready' : 'compared';
  }
}
