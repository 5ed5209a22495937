import type { z } from 'zod';
import { type api, defaultVisitRules, type VisitRules, visitRules } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type ChangeEvents, Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import { visitsPolicy } from './policy.ts';

export type RulesChange = z.output<typeof api.visits.changeRules.body>;

/** The municipality's rules; what it has not decided is as usual. */
export async function readVisitRules(tx: ReadTx): Promise<VisitRules> {
  const [row] = await queryHot<{ rules: object }>(
    tx,
    Prisma.sql`SELECT rules FROM visit_rules WHERE municipality_id = app_municipality()`,
  );
  return row === undefined ? defaultVisitRules : visitRules.parse({ ...defaultVisitRules, ...row.rules });
}

export interface RulesDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
}

/** Changes rules; what was planned under the old ones stays as it is. */
export async function changeVisitRules(
  tx: Tx,
  actor: Actor,
  change: RulesChange,
  { clock, ledger, changes }: RulesDeps,
): Promise<void> {
  assertAllowed(visitsPolicy, actor, 'visits:write-rules');
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  const rules = JSON.stringify(Object.fromEntries(given));
  await tx.$executeRaw`
    INSERT INTO visit_rules (municipality_id, rules, updated_at) VALUES (app_municipality(), ${rules}::jsonb, ${clock.now()})
    ON CONFLICT (municipality_id) DO UPDATE SET rules = visit_rules.rules || excluded.rules, updated_at = excluded.updated_at`;
  const fields = given.map(([field]) => field);
  await ledger.append(tx, actor.staffId, { type: 'visit-rules.changed', fields });
  await changes.append(tx, {
    type: 'visit-rules.changed',
    entity: { kind: 'visit-rules', id: actor.municipalityId },
  });
}
