import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChangeEvent } from '../contract/index.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Actor } from '../modules/identity/index.ts';
import type { ChangeListener, Database } from '../storage/index.ts';
import type { Metrics } from './metrics.ts';

export interface EventStreamDeps {
  readonly database: Pick<Database, 'read'>;
  readonly listener: ChangeListener;
  readonly metrics: Metrics;
  /** Whether this actor's permissions let them hear of such a change. */
  readonly mayHear: (actor: Actor, change: { readonly entityKind: string; readonly type: string }) => boolean;
  /** Those of these citizens that the actor may see: some see only the ones near them. */
  readonly findInReach: (actor: Actor, codes: readonly string[]) => Promise<ReadonlySet<string>>;
  /**
   * The actor as they are now, or null when their token no longer holds: asked at every heartbeat and whenever staff or
   * tokens changed, so that who lost a role or a token stops hearing.
   */
  readonly renew: (actor: Actor) => Promise<Actor | null>;
  /** How often a silent stream says that it lives; also how long a reader may take nothing before it is cut off. */
  readonly heartbeatMs?: number;
}

export interface EventStreams {
  open(actor: Actor, after: string | undefined, request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Ends every stream and opens no more; listeners reconnect, elsewhere or later, with Last-Event-ID. */
  close(): Promise<void>;
}

const pageSize = 500;

interface Row {
  readonly position: bigint;
  readonly type: string;
  readonly entityKind: string;
  readonly entityId: string;
  readonly data: unknown;
  readonly occurredAt: Date;
}

/**
 * Server-sent events (WHATWG HTML, section 9.2). A stream reads committed, placed events after the last one it sent, is
 * woken by the sequencer's NOTIFY and looks by itself at every heartbeat, so a lost notification delays but never loses.
 */
export function createEventStreams({
  database,
  listener,
  metrics,
  mayHear,
  findInReach,
  renew,
  heartbeatMs = 15_000,
}: EventStreamDeps): EventStreams {
  let closed = false;
  const open = new Set<{ readonly end: () => void; readonly ended: Promise<void> }>();

  const pageAfter = (municipalityId: string, after: bigint): Promise<Row[]> =>
    database.read(municipalityId, async (tx) => {
      const rows = await tx.changeEvent.findMany({
        where: { position: { gt: after } },
        orderBy: { position: 'asc' },
        take: pageSize,
      });
      return rows.flatMap((row) => (row.position === null ? [] : [{ ...row, position: row.position }]));
    });

  const audible = async (actor: Actor, rows: readonly Row[]): Promise<(row: Row) => boolean> => {
    const heard = rows.filter((row) => mayHear(actor, row));
    const codes = heard.flatMap((row) => (row.entityKind === 'citizen' ? [row.entityId] : []));
    const inReach = codes.length === 0 ? new Set<string>() : await findInReach(actor, [...new Set(codes)]);
    const all = new Set(heard.filter((row) => row.entityKind !== 'citizen' || inReach.has(row.entityId)));
    return (row) => all.has(row);
  };

  const boundsOf = (municipalityId: string): Promise<{ head: bigint; oldest: bigint | null }> =>
    database.read(municipalityId, async (tx) => {
      const head = await tx.sequenceHead.findUnique({ where: { municipalityId } });
      const oldest = await tx.changeEvent.findFirst({
        where: { position: { not: null } },
        orderBy: { position: 'asc' },
        select: { position: true },
      });
      return { head: head?.eventPosition ?? 0n, oldest: oldest?.position ?? null };
    });

  return {
    open: async (actor, after, request, reply) => {
      const lastHeard = request.headers['last-event-id'] ?? after;
      const { head, oldest } = await boundsOf(actor.municipalityId);
      if (closed) throw new DomainError('unavailable');
      const resumed =
        typeof lastHeard === 'string' && /^\d{1,18}$/.test(lastHeard) ? BigInt(lastHeard) : null;
      let last = resumed ?? head;
      // What lay between is gone (retention, or another database): the listener must read its state anew.
      const gone =
        (lastHeard !== undefined && resumed === null) ||
        last > head ||
        (last < head && (oldest === null || last + 1n < oldest));
      if (gone) last = head;

      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-request-id': request.id,
        // A connection that carried a stream ends with it, so that closing the service waits for nobody.
        connection: 'close',
      });
      // Tells a new listener from where it may resume even before anything happens.
      response.write(`retry: 2000\n${gone ? 'event: reset\ndata: {}\n' : ''}id: ${last}\n\n`);

      let wake: () => void = () => undefined;
      let signalled = false;
      let ending = false;
      const signal = () => {
        signalled = true;
        wake();
      };
      const end = () => {
        ending = true;
        wake();
      };
      const stopListening = listener.listen(actor.municipalityId, signal);
      response.on('drain', () => wake());
      response.on('close', end);
      response.on('error', end);
      // Who left while the bounds were read is not told of again.
      if (response.destroyed) end();

      /** Until something happens, or so long. */
      const wait = async (ms: number): Promise<void> => {
        if (ending) return;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      };
      /** A reader that is slower than the changes is waited for, so that nothing piles up here; one that is stuck is cut off. */
      const flow = async (): Promise<void> => {
        const until = performance.now() + heartbeatMs;
        while (response.writableNeedDrain && !ending) {
          if (performance.now() >= until) return end();
          await wait(until - performance.now());
        }
      };

      const loop = (async () => {
        let hearer = actor;
        let heartbeatAt = performance.now() + heartbeatMs;
        try {
          while (!ending) {
            signalled = false;
            const rows = await pageAfter(actor.municipalityId, last);
            const isDue = performance.now() >= heartbeatAt;
            if (isDue || rows.some(changesAccess)) {
              const renewed = await renew(hearer);
              if (renewed === null) break;
              hearer = renewed;
            }
            if (isDue) {
              heartbeatAt = performance.now() + heartbeatMs;
              response.write(`:\nid: ${last}\n\n`);
            }
            const isAudible = await audible(hearer, rows);
            for (const row of rows) {
              if (ending) break;
              last = row.position;
              if (!isAudible(row)) continue;
              response.write(`id: ${row.position}\nevent: change\ndata: ${JSON.stringify(present(row))}\n\n`);
              await flow();
            }
            if (rows.length < pageSize && !signalled) await wait(heartbeatAt - performance.now());
          }
        } catch {
          // The database is away: ending the stream makes the listener come back and resume.
        } finally {
          stopListening();
          if (response.writableNeedDrain) response.destroy();
          else response.end();
        }
      })();
      const stream = { end, ended: loop };
      open.add(stream);
      metrics.setStreams(open.size);
      void loop.then(() => {
        open.delete(stream);
        metrics.setStreams(open.size);
      });
    },

    close: async () => {
      closed = true;
      const streams = [...open];
      for (const stream of streams) stream.end();
      await Promise.all(streams.map((stream) => stream.ended));
    },
  };
}

const changesAccess = (row: Row): boolean => row.entityKind === 'staff' || row.entityKind === 'token';

function present(row: Row): ChangeEvent {
  return {
    position: row.position.toString(),
    type: row.type,
    entity: { kind: row.entityKind, id: row.entityId },
    data: row.data as Record<string, unknown>,
    occurredAt: row.occurredAt.toISOString(),
  };
}
