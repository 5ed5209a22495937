import type { Clock } from '../kernel/clock.ts';
import type { Tx } from './database.ts';
import { Prisma } from './generated/client.ts';
import { noteChanged, queryHot } from './transaction.ts';

/** What listeners are told of a change: codes, ids, enums and numbers, never an identity. */
export interface Change {
  readonly type: string;
  readonly entity: { readonly kind: string; readonly id: string };
  readonly data?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface ChangeEvents {
  /** Tells of changes in the transaction that makes them; the sequencer orders them after commit. */
  append(tx: Tx, ...changes: readonly Change[]): Promise<void>;
}

export function createChangeEvents({ clock }: { readonly clock: Clock }): ChangeEvents {
  return {
    append: async (tx, ...changes) => {
      if (changes.length === 0) return;
      noteChanged(
        tx,
        changes.map(({ entity }) => entity.id),
      );
      const rows = JSON.stringify(
        changes.map(({ type, entity, data }) => ({
          type,
          kind: entity.kind,
          id: entity.id,
          data: data ?? {},
        })),
      );
      await queryHot(
        tx,
        Prisma.sql`
        INSERT INTO change_event (municipality_id, type, entity_kind, entity_id, data, occurred_at)
        SELECT app_municipality(), change->>'type', change->>'kind', change->>'id', change->'data', ${clock.now()}
        FROM jsonb_array_elements(${rows}::jsonb) WITH ORDINALITY AS list (change, place)
        ORDER BY place`,
      );
    },
  };
}
