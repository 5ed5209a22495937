import type { CallPage } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';
import type { SeatKeys } from '../api.ts';
import { RequestFailure } from '../request-failure.ts';
import { aPage, aSeat, citizenId, emptyExchange, guestId, hostId } from './pages.ts';

/** What core keeps of a call and relays between pages, as far as keys go; a page gets each change at once. */
export class FakeCore {
  readonly seats: Seat[] = [
    aSeat(hostId, 'worker'),
    aSeat(citizenId, 'citizen'),
    aSeat(guestId, 'guest', { role: 'caseworker' }),
  ];
  /** Lets a test stand in between: changes what one seat is shown. */
  tamper: (page: CallPage) => CallPage = (page) => page;
  failing = false;
  #version = 1;
  readonly #watchers = new Map<string, (page: CallPage) => void>();

  watch(seat: string, told: (page: CallPage) => void): void {
    this.#watchers.set(seat, told);
  }

  page(seat: string): CallPage {
    return this.tamper(structuredClone(aPage(seat, this.seats, { version: this.#version })));
  }

  seat(id: string): Seat {
    const seat = this.seats.find((one) => one.id === id);
    if (seat === undefined) throw new Error(`no seat ${id}`);
    return seat;
  }

  set(id: string, changes: Partial<Seat>): void {
    this.seats.splice(this.seats.indexOf(this.seat(id)), 1, { ...this.seat(id), ...changes });
    this.#version += 1;
    for (const [seat, told] of this.#watchers) told(this.page(seat));
  }

  api(seat: string) {
    const answer = (changes: Partial<Seat['exchange']>, id = seat): CallPage => {
      if (this.failing) throw new RequestFailure('service_down');
      this.set(id, { exchange: { ...this.seat(id).exchange, ...changes } });
      return this.page(seat);
    };
    return {
      wait: async ({ canEncrypt, commitment }: { canEncrypt: boolean; commitment: string | null }) => {
        if (this.failing) throw new RequestFailure('service_down');
        const state = this.seat(seat).state === 'admitted' ? 'admitted' : 'waiting';
        this.set(seat, {
          state,
          canEncrypt,
          exchange: { ...emptyExchange(), epoch: this.seat(seat).exchange.epoch, commitment },
        });
        return this.page(seat);
      },
      revealKey: async (shown: { publicKey: string; nonce: string }) => answer(shown),
      giveKeys: async (keys: readonly SeatKeys[]) => {
        if (this.failing) throw new RequestFailure('service_down');
        for (const { seat: id, hostKey, commitment, wrapped } of keys) {
          const { exchange } = this.seat(id);
          const fits = exchange.hostKey === null && exchange.commitment === commitment;
          if (hostKey !== undefined && fits) answer({ hostKey }, id);
          if (wrapped !== undefined && wrapped.epoch >= exchange.epoch)
            answer({ epoch: wrapped.epoch, wrappedKey: wrapped.key }, id);
        }
        return this.page(seat);
      },
    };
  }
}
