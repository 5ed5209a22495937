import { type DemoCounts, defaultVisitRules } from '../contract/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import { type Identities, seedLegalBases } from '../modules/citizens/index.ts';
import type { Actor } from '../modules/identity/index.ts';
import { advisoryLocks, type Database, findViolation, type Tx, withClient } from '../storage/index.ts';
import { inventMunicipality } from './municipality.ts';
import { writeMunicipality } from './write.ts';

/** The municipality of invented people: made on the very first start, and made anew when somebody asks for it. */
export interface Demo {
  /**
   * Fills a municipality that has nothing but its legal bases and administrators. MUST run in a transaction of that
   * municipality with `fillTimeoutMs` to spend.
   */
  fill(tx: Tx, municipalityId: string): Promise<DemoCounts>;
  /**
   * Throws everything of the actor's municipality away, but for itself, `ADMIN`, the actor and their tokens, and fills it
   * again. An actor who is one of the invented staff goes with them. Should it fail in between, the municipality is empty,
   * and the next reset mends it.
   *
   * @throws DomainError not_demo
   */
  reset(actor: Actor): Promise<DemoCounts>;
}

/** What filling may take at most; it takes about a third of this where others keep the processor busy too. */
export const fillTimeoutMs = 170_000;

export interface DemoDeps {
  readonly database: Pick<Database, 'read' | 'write' | 'worker'>;
  readonly clock: Clock;
  readonly identities: Pick<Identities, 'insert' | 'sealNote'>;
}

const administrator = 'ADMIN';
/** Whoever changes something at the very moment can be in the way of an erasure once, hardly three times. */
const attempts = 3;
const inTheWay: readonly (string | undefined)[] = ['23503', '40P01'];

export function createDemo({ database, clock, identities }: DemoDeps): Demo {
  const invent = () => inventMunicipality(clock.now(), defaultVisitRules);

  const assertDemo = async (municipalityId: string): Promise<void> => {
    const found = await database.read(municipalityId, (tx) => tx.municipality.findFirst());
    if (found?.isDemo !== true) throw new DomainError('not_demo', { municipality: found?.name ?? '' });
  };
  const erase = async (erased: string, kept: readonly string[]): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await database.worker.query('SELECT erase_demo_municipality($1, $2)', [erased, kept]);
        return;
      } catch (error) {
        if (attempt === attempts || !inTheWay.includes(findViolation(error)?.state)) throw error;
      }
    }
  };

  return {
    fill: (tx, municipalityId) =>
      writeMunicipality(tx, municipalityId, invent(), identities, { anew: false }),
    reset: async ({ municipalityId, initials }) => {
      await assertDemo(municipalityId);
      return withClient(database.worker, async (client) => {
        // Two resets at once would make one municipality of two halves.
        await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks.demoReset]);
        const demo = invent();
        const invented = [...demo.town.workers, ...demo.town.colleagues].map((member) => member.initials);
        await erase(municipalityId, [administrator, ...(invented.includes(initials) ? [] : [initials])]);
        const counts = await database.write(
          municipalityId,
          async (tx) => {
            await seedLegalBases(tx, municipalityId);
            return writeMunicipality(tx, municipalityId, demo, identities, { anew: true });
          },
          { timeoutMs: fillTimeoutMs },
        );
        await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks.demoReset]);
        return counts;
      });
    },
  };
}
