import { randomUUID } from 'node:crypto';
import { encodeRequest, load, type NextRequest } from './load.ts';
import { interleave } from './rounds.ts';
import { type Row, toRow } from './table.ts';
import { freeTimes, type Town } from './town.ts';

export interface Contest {
  readonly serviceUrl: string;
  readonly token: string;
  readonly bareUrl: string;
  readonly town: Town;
}

const roundMs = 500;

/** The reads that every window makes all day. A ratio of the time that a request takes, 8 at once. */
export async function benchReads({ serviceUrl, token, bareUrl, town }: Contest): Promise<Row[]> {
  const day = `from=${town.busyDay.from}&to=${town.busyDay.to}&limit=200`;
  const reads: readonly [name: string, ours: string, bare: string][] = [
    ["read a day's bookings (96)", `/bookings?${day}`, `/bookings?${day}`],
    ['read a citizen', `/citizens/${town.citizenCode}`, `/citizens/${town.citizenCode}`],
    ['read who one is', '/me', '/me/ADMIN'],
  ];
  const rows: Row[] = [];
  for (const [name, ours, bare] of reads) {
    const request = (path: string, headers: Record<string, string>): NextRequest => {
      const bytes = encodeRequest('GET', path, headers);
      return () => bytes;
    };
    const time = (url: string, next: NextRequest) => async () =>
      (8 / (await load({ url, connections: 8, forMs: roundMs, next }))) * 1000;
    const figures = await interleave(9, {
      ours: time(serviceUrl, request(`/api/v1${ours}`, { authorization: `Bearer ${token}` })),
      baseline: time(bareUrl, request(bare, {})),
    });
    rows.push(toRow(name, 'ms', figures, { atMost: 1.5 }));
  }
  return rows;
}

/** Bookings of free times, 16 at once, as our own clients send them: with a key that makes repeating them safe. */
export async function benchBookings({ serviceUrl, token, bareUrl, town }: Contest): Promise<Row[]> {
  const free = freeTimes(town);
  const book = (url: string, next: NextRequest) => () =>
    load({ url, connections: 16, forMs: 2 * roundMs, next });
  const through = (headers: () => Record<string, string>) =>
    book(serviceUrl, () => {
      const { worker, ...wish } = free();
      const body = { ...wish, worker: worker.initials };
      return encodeRequest(
        'POST',
        '/api/v1/bookings',
        { authorization: `Bearer ${token}`, ...headers() },
        body,
      );
    });
  const { keyed, keyless, baseline } = await interleave(9, {
    keyed: through(() => ({ 'idempotency-key': randomUUID() })),
    keyless: through(() => ({})),
    baseline: book(bareUrl, () => {
      const { worker, ...wish } = free();
      return encodeRequest('POST', '/bookings', {}, { ...wish, workerId: worker.id });
    }),
  });
  return [
    toRow('book free times', '/s', { ours: keyless, baseline }, { atLeast: 0.7 }),
    toRow('the same, safe to repeat', '/s', { ours: keyed, baseline }, { atLeast: 0.7 }),
  ];
}
