import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChangeEvent } from '../contract/index.ts';
import type { Actor } from '../modules/identity/index.ts';
import type { ChangeListener, Database } from '../storage/index.ts';
import type { Metrics } from './metrics.ts';

export interface EventStreamDeps {
  readonly database: Pick<Database, 'read'>;
  readonly listener: ChangeListener;
  readonly metrics: Metrics;
  /** Whether this actor may hear of changes of this entity kind. */
  readonly mayHear: (actor: Actor, entityKind: string) => boolean;
  /** Whether the actor's token still holds; asked at every heartbeat, so that a revoked token stops hearing. */
  readonly stillValid: (actor: Actor) => Promise<boolean>;
}

export interface EventStreams {
  open(actor: Actor, after: string | undefined, request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Ends every stream; listeners reconnect, elsewhere or later, with Last-Event-ID. */
  close(): Promise<void>;
}

const pageSize = 500;
const heartbeatMs = 15_000;

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
  stillValid,
}: EventStreamDeps): EventStreams {
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
      let last = typeof lastHeard === 'string' && /^\d{1,18}$/.test(lastHeard) ? BigInt(lastHeard) : head;

      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-request-id': request.id,
      });
      // Tells a new listener from where it may resume even before anything happens.
      response.write(`retry: 2000\nid: ${last}\n\n`);
      if (last > head || (oldest !== null && last + 1n < oldest)) {
        // What lay between is gone (retention, or another database): the listener must read its state anew.
        last = head;
        response.write(`event: reset\nid: ${last}\ndata: {}\n\n`);
      }

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
      response.on('close', end);
      response.on('error', end);

      const pause = async (): Promise<'signal' | 'heartbeat'> => {
        if (signalled || ending) return 'signal';
        return new Promise((resolve) => {
          const timer = setTimeout(() => resolve('heartbeat'), heartbeatMs);
          wake = () => {
            clearTimeout(timer);
            resolve('signal');
          };
        });
      };
      const drained = () =>
        new Promise<void>((resolve) => {
          const done = () => {
            response.off('drain', done);
            response.off('close', done);
            resolve();
          };
          response.once('drain', done);
          response.once('close', done);
        });

      const loop = (async () => {
        try {
          while (!ending) {
            signalled = false;
            const rows = await pageAfter(actor.municipalityId, last);
            for (const row of rows) {
              last = row.position;
              if (mayHear(actor, row.entityKind)) {
                const ok = response.write(
                  `id: ${row.position}\nevent: change\ndata: ${JSON.stringify(present(row))}\n\n`,
                );
                if (!ok && !ending) await drained();
              }
            }
            if (rows.length === pageSize) continue;
            if ((await pause()) === 'heartbeat' && !ending) {
              if (!(await stillValid(actor))) break;
              response.write(`:\nid: ${last}\n\n`);
            }
          }
        } catch {
          // The database is away: ending the stream makes the listener come back and resume.
        } finally {
          stopListening();
          response.end();
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
      const streams = [...open];
      for (const stream of streams) stream.end();
      await Promise.all(streams.map((stream) => stream.ended));
    },
  };
}

function present(row: Row): ChangeEvent {
  return {
    position: row.position.toString(),
    type: row.type,
    entity: { kind: row.entityKind, id: row.entityId },
    data: row.data as Record<string, unknown>,
    occurredAt: row.occurredAt.toISOString(),
  };
}
