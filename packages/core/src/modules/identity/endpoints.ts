import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Route } from '../../contract/index.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import type { Actor } from './actor.ts';
import type { Guest } from './guest.ts';

export interface Call<R extends Route> {
  readonly actor: Actor;
  readonly params: z.output<R['params']>;
  readonly query: z.output<R['query']>;
  readonly body: z.output<R['body']>;
}

/** A request of a page that holds a link to a seat. */
export interface OpenCall<R extends Route> {
  readonly guest: Guest;
  readonly query: z.output<R['query']>;
  readonly body: z.output<R['body']>;
}

/** What a write made: the id under which it can be presented again, and what is only known the first time. */
export interface Made<Fresh = undefined> {
  readonly reference: string;
  readonly fresh?: Fresh;
}

/** What a route answers, before it is turned into JSON. */
export type Reply<R extends Route> = z.input<R['reply']>;

/** How a module's routes are registered. The order of the steps stands here once and for all (architecture, rule 8). */
export interface Endpoints {
  /** rate limit → authenticate → validate → transaction with tenancy → authorize → act → present. */
  read<R extends Route>(route: R, present: (tx: ReadTx, call: Call<R>) => Promise<Reply<R>>): void;
  /**
   * The same for a write. `act` returns a reference; `present` makes the answer from it, so that repeating an
   * Idempotency-Key repeats the answer without a body having been stored.
   */
  write<R extends Route, Fresh = undefined>(
    route: R,
    act: (tx: Tx, call: Call<R>) => Promise<Made<Fresh>>,
    present: (tx: Tx, reference: string, call: Call<R>, fresh: Fresh | undefined) => Promise<Reply<R>>,
  ): void;
  /**
   * For routes with access `call-link`: rate limit → find the seat by its link → validate → transaction with tenancy →
   * act. Each act is idempotent by its state, so no Idempotency-Key is read.
   */
  openRead<R extends Route>(route: R, present: (tx: ReadTx, call: OpenCall<R>) => Promise<Reply<R>>): void;
  openWrite<R extends Route>(route: R, act: (tx: Tx, call: OpenCall<R>) => Promise<Reply<R>>): void;
  /** The same without a transaction, for what waits or asks another server; `signal` is aborted when the client goes. */
  openRaw<R extends Route>(
    route: R,
    handle: (call: OpenCall<R>, signal: AbortSignal) => Promise<Reply<R>>,
  ): void;
  /**
   * The same for a route that takes a file; `bytes` come as the client sends them and MUST be limited by the handler. Which
   * device it is stands in the header `Naer-Device`, as there is no body for it and addresses are kept in logs.
   */
  openUpload<R extends Route>(
    route: R,
    handle: (call: OpenCall<R> & { readonly device: string }, bytes: Readable) => Promise<Reply<R>>,
  ): void;
  /** The same for a route that gives a file, which no browser shows by itself. */
  openDownload<R extends Route>(
    route: R,
    act: (tx: Tx, call: OpenCall<R>) => Promise<{ readonly mediaType: string; readonly bytes: Buffer }>,
  ): void;
  /** For routes with access `public`: nobody is known, and no municipality. */
  anybody<R extends Route>(
    route: R,
    handle: (call: Pick<OpenCall<R>, 'query' | 'body'>) => Promise<Reply<R>>,
  ): void;
  /** Validated and authorized, but what follows owns its transactions and the raw request and reply: uploads, downloads, streams. */
  raw<R extends Route>(
    route: R,
    handle: (call: Call<R>, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): void;
}
