import { defaultVisitRules } from '../contract/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Identities, seedLegalBases } from '../modules/citizens/index.ts';
import type { Actor } from '../modules/identity/index.ts';
import { advisoryLocks, type Database, findViolation, type Tx, withClient } from '../storage/index.ts';
import { inventMunicipality } from './municipality.ts';
import { type DemoCounts, writeMunicipality } from './write.ts';

/** The municipality of invented people: made on the very first start, and made anew when somebody asks for it. */
export interface Demo {
  /**
   * Fills a municipality that has nothing but its legal bases and administrators. MUST run in a transaction of that
   * municipality with `fillTimeoutMs` to spend.
   */
  fill(tx: Tx, municipalityId: string): Promise<DemoCounts>;
  /**
   * Throws everything of the actor's municipality away, but for its name, its settings and the administrators `ADMIN` and
   * the actor with their tokens, and fills it again. Should that fail in between, the municipality is empty, and the next
   * reset mends it.
   *
   * @throws DomainError not_demo
   */
  reset(actor: Actor): Promise<DemoCounts>;
}

/** What filling takes at most; on two busy cores it takes a tenth of this. */
export const fillTimeoutMs = 170_000;

export interface DemoDeps {
  readonly database: Pick<Database, 'read' | 'write' | 'worker'>;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly identities: Pick<Identities, 'insert' | 'sealNote'>;
}

/** Whoever changes something at the very moment can be in the way of an erasure once, hardly twice. */
const attempts = 3;
const brokenReference = '23503';
const deadlock = '40P01';

export function createDemo({ database, clock, ledger, identities }: DemoDeps): Demo {
  const fill: Demo['fill'] = async (tx, municipalityId) => {
    const demo = inventMunicipality(clock.now(), defaultVisitRules);
    return writeMunicipality(tx, municipalityId, demo, identities);
  };

  const assertDemo = async (municipalityId: string): Promise<void> => {
    const found = await database.read(municipalityId, (tx) => tx.municipality.findFirst());
    if (found?.isDemo !== true) throw new DomainError('not_demo', { municipality: found?.name ?? '' });
  };

  return {
    fill,
    reset: async (actor) => {
      const { municipalityId } = actor;
      await assertDemo(municipalityId);
      return withClient(database.worker, async (client) => {
        // Two resets at once would make one municipality of two halves.
        await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks.demoReset]);
        for (let attempt = 1; ; attempt += 1) {
          try {
            await client.query('SELECT erase_demo_municipality($1, $2)', [
              municipalityId,
              [...new Set(['ADMIN', actor.initials])],
            ]);
            break;
          } catch (error) {
            const state = findViolation(error)?.state;
            if (attempt === attempts || (state !== brokenReference && state !== deadlock)) throw error;
          }
        }
        const counts = await database.write(
          municipalityId,
          async (tx) => {
            await seedLegalBases(tx, municipalityId);
            await ledger.append(tx, 'system', { type: 'municipality.created' });
            return fill(tx, municipalityId);
          },
          { timeoutMs: fillTimeoutMs },
        );
        await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks.demoReset]);
        return counts;
      });
    },
  };
}
