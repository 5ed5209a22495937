import type { z } from 'zod';
import type { api, Identity } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import { citizensPolicy } from './policy.ts';
import type { CitizensDeps } from './service.ts';
import { type CitizenRow, insertAccesses, listCitizens } from './store.ts';
import {
  type CitizenColumns,
  citizensShape,
  connectionWords,
  equipmentWords,
  formatHours,
  skillWords,
} from './table.ts';

export type ExportWish = z.output<typeof api.imports.exportCitizens.body>;

/** Columns of the file that import passes over. */
const ownHeadings = ['Kode', 'Forløb'];
const identityFields: ReadonlySet<string> = new Set<keyof CitizenColumns>([
  'reference',
  'name',
  'phone',
  'email',
  'address',
]);
const batchRows = 1000;

/**
 * Citizens as rows of cells, in the shape that import takes; read in batches within the transaction, so memory does not
 * grow with them. With identities it is another permission, needs a reason, and is a logged access to each of them; and
 * only then can the file be imported again, since a citizen is told apart by the reference.
 *
 * @throws DomainError not_allowed, invalid_input
 */
export function createCitizensExporter({ clock, ledger, identities }: Omit<CitizensDeps, 'changes'>) {
  return (tx: Tx, actor: Actor, { identities: withIdentities, reason }: ExportWish) => {
    assertAllowed(citizensPolicy, actor, 'citizens:export');
    if (withIdentities) assertAllowed(citizensPolicy, actor, 'citizens:export-identities');
    if (withIdentities && reason === undefined) {
      throw new DomainError(
        'invalid_input',
        {},
        { details: { fields: [{ in: 'body', field: 'reason', message: 'is needed to export identities' }] } },
      );
    }
    const columns = Object.entries(citizensShape.columns).filter(
      ([field]) => withIdentities || !identityFields.has(field),
    );

    async function* rows(): AsyncGenerator<readonly (string | null)[]> {
      let count = 0;
      for (let after: string | null = null; ; ) {
        const batch = await listCitizens(tx, actor, {
          after,
          limit: batchRows,
          status: null,
          teamId: null,
          workerId: null,
          erased: false,
        });
        const people = withIdentities ? await openAll(tx, actor, batch) : null;
        for (const citizen of batch) {
          const cells: Readonly<Record<string, string | null>> = {
            ...cellsOf(citizen),
            ...people?.get(citizen.id),
          };
          yield [...columns.map(([field]) => cells[field] ?? null), citizen.code, citizen.status];
        }
        count += batch.length;
        after = batch.at(-1)?.code ?? null;
        if (batch.length < batchRows) break;
      }
      if (withIdentities && reason !== undefined)
        await ledger.append(tx, actor.staffId, { type: 'citizens.identities-exported', count, reason });
    }

    async function openAll(
      tx: Tx,
      actor: Actor,
      batch: readonly CitizenRow[],
    ): Promise<Map<string, Identity>> {
      const ids = batch.map(({ id }) => id);
      if (reason !== undefined) await insertAccesses(tx, actor, ids, { kind: 'export', reason }, clock.now());
      const opened = new Map<string, Identity>();
      for (const [id, sealed] of await identities.readSealed(tx, ids))
        opened.set(id, (await identities.open(actor.municipalityId, sealed)).identity);
      return opened;
    }

    return { headings: [...columns.map(([, column]) => column.headings[0]), ...ownHeadings], rows: rows() };
  };
}

const cellsOf = (
  citizen: CitizenRow,
): Readonly<Record<Exclude<keyof CitizenColumns, keyof Identity>, string | null>> => ({
  legalBasis: citizen.legalBasis,
  weekly: citizen.grantedPer === 'week' ? formatHours(citizen.grantedMinutes) : null,
  fortnightly: citizen.grantedPer === 'fortnight' ? formatHours(citizen.grantedMinutes) : null,
  supportFrom: citizen.supportFrom,
  team: citizen.teamName,
  worker: citizen.worker,
  substitute: citizen.substitute,
  equipment: equipmentWords[citizen.equipment][0],
  connection: connectionWords[citizen.connection][0],
  itSkills: skillWords[citizen.itSkills][0],
  metOn: citizen.metOn,
  isolated: citizen.acquaintance === 'isolated' ? 'ja' : 'nej',
});
