import type { CallPage } from '@naer/core/contract/call-page';
import type { CallApi } from '../api.ts';
import type { Store } from '../media/state.ts';
import { Observed } from '../store.ts';
import type { Bytes } from './bytes.ts';
import { type ExchangeCrypto, ExchangeRefused, SeatExchange } from './exchange.ts';
import { Follower } from './follower.ts';
import type { KeyProgress, KeysSnapshot } from './state.ts';

/** Keeps a page in agreement with the others about the call's key, whatever reloads or comes anew. */
export interface KeyAgreement extends Store<KeysSnapshot> {
  /** Begins, or begins anew; gives the commitment to wait with. */
  begin(): Promise<string>;
  /** What to wait with again without beginning anew. */
  readonly commitment: string | null;
  follow(page: CallPage): void;
  settled(): Promise<void>;
  close(): void;
}

export interface AgreementDeps {
  readonly crypto: ExchangeCrypto;
  /** A key of the call to use from now on, with its epoch. */
  readonly onKey: (epoch: number, key: Bytes) => void;
}

/**
 * How many exchanges a page takes part in. Each gives somebody in between one chance in a million to have both codes
 * agree, so a service that could have the exchange begin anew without end would find its moment.
 */
export const exchangesAtMost = 30;

interface SeatDeps extends AgreementDeps {
  readonly api: Pick<CallApi, 'wait' | 'revealKey'>;
}

/** The side of everybody but the host. */
export class SeatAgreement implements KeyAgreement {
  readonly #deps: SeatDeps;
  readonly #seatId: string;
  readonly #store: Observed<KeysSnapshot>;
  readonly #follower = new Follower((page) => this.#step(page));
  #exchange: SeatExchange | null = null;
  #begun = 0;
  /** The mark of the host's page with which this exchange was made; another one has none of its keys. */
  #hostMark: string | null = null;
  #epoch = 0;
  #wrapped: string | null = null;
  #lastCode: string | null = null;

  constructor(deps: SeatDeps, seatId: string) {
    this.#deps = deps;
    this.#seatId = seatId;
    this.#store = new Observed<KeysSnapshot>({ seats: [], epoch: 0 });
  }

  get getSnapshot() {
    return this.#store.getSnapshot;
  }

  get subscribe() {
    return this.#store.subscribe;
  }

  get commitment(): string | null {
    return this.#exchange?.commitment ?? null;
  }

  async begin(): Promise<string> {
    if (this.#begun >= exchangesAtMost) throw new ExchangeRefused('too many exchanges');
    this.#begun += 1;
    const exchange = await SeatExchange.begin(this.#deps.crypto, this.#seatId);
    this.#exchange = exchange;
    this.#hostMark = null;
    this.#epoch = 0;
    this.#wrapped = null;
    this.#tell('agreeing');
    return exchange.commitment;
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

  async #step(page: CallPage): Promise<void> {
    try {
      await this.#agree(page);
    } catch (error) {
      if (!(error instanceof ExchangeRefused)) throw error;
      this.#tell('mismatch');
    }
  }

  async #agree(page: CallPage): Promise<void> {
    const exchange = this.#exchange;
    const mine = page.seats.find(({ id }) => id === this.#seatId)?.exchange;
    // A page from before our `wait`, or one in which another window of this browser took the seat.
    if (exchange === null || mine === undefined || mine.commitment !== exchange.commitment) return;
    if (mine.hostKey === null) return;
    const mark = page.seats.find(({ kind }) => kind === 'worker')?.exchange.commitment ?? null;
    const pinned = exchange.hostKey;
    if (pinned !== null && (pinned !== mine.hostKey || mark !== this.#hostMark)) {
      await this.#deps.api.wait({ canEncrypt: true, commitment: await this.begin() });
      return;
    }
    if (pinned === null) this.#hostMark = mark;
    if (mine.publicKey !== null && mine.publicKey !== exchange.publicKey)
      throw new ExchangeRefused('another key was shown in our name');
    if (mine.publicKey === null || exchange.code === null) {
      const shown = await exchange.accept(mine.hostKey);
      this.#tell('compared');
      await this.#deps.api.revealKey(shown);
      return;
    }
    if (mine.wrappedKey === null || mine.wrappedKey === this.#wrapped) return;
    if (mine.epoch <= this.#epoch) throw new ExchangeRefused('an older call key was given as a newer one');
    const key = await exchange.unwrap(mine.epoch, mine.wrappedKey);
    this.#epoch = mine.epoch;
    this.#wrapped = mine.wrappedKey;
    this.#deps.onKey(mine.epoch, key);
    this.#tell('ready');
  }

  #tell(progress: KeyProgress): void {
    const code = this.#exchange?.code ?? null;
    const before = this.#store.getSnapshot().seats[0]?.renewed ?? false;
    const renewed = before || (code !== null && this.#lastCode !== null && code !== this.#lastCode);
    this.#lastCode = code ?? this.#lastCode;
    this.#store.set({ seats: [{ seat: this.#seatId, progress, code, renewed }], epoch: this.#epoch });
  }
}
