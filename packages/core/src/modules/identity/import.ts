import { randomUUID } from 'node:crypto';
import type { Role } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Ledger, LedgerEntry } from '../../ledger/index.ts';
import type { Change, ChangeEvents, ReadTx, Tx } from '../../storage/index.ts';
import { bad, choiceCell, decimalCell, emailCell, good, listCell, textCell } from '../../tabular/cells.ts';
import { type CellParser, column, defineTable, type RowValues } from '../../tabular/shape.ts';
import type { RowProblem, TableRow } from '../../tabular/table.ts';
import { type Actor, assertAllowed } from './actor.ts';
import { identityPolicy } from './policy.ts';
import { lockManyStaff, withTeam } from './store.ts';

/** Roles as municipalities write them. `operator` is given by an operator alone, never by a file. */
const roleCell = choiceCell<Exclude<Role, 'operator'>>({
  'support-worker': ['bostøttemedarbejder', 'bostøtte', 'medarbejder'],
  'super-user': ['superbruger'],
  coordinator: ['tovholder', 'koordinator'],
  'cross-municipal-lead': ['tværkommunal projektleder', 'projektleder'],
  leader: ['leder', 'teamleder'],
  'it-support': ['it-support', 'it support', 'it'],
  'night-watch': ['nattevagt', 'vågen nattevagt'],
  'peer-supporter': ['peerstøtte', 'peer'],
  'data-protection-officer': ['databeskyttelsesrådgiver', 'dpo'],
  'it-auditor': ['it-revisor', 'revisor'],
  caseworker: ['sagsbehandler', 'rådgiver', 'myndighed'],
  administrator: ['administrator'],
});

const initialsCell: CellParser<string> = {
  parse: (text) => {
    const initials = text.toUpperCase();
    return /^[A-ZÆØÅ][A-ZÆØÅ0-9]{0,11}$/.test(initials) ? good(initials) : bad('not_initials');
  },
};

export const staffShape = defineTable({
  columns: {
    initials: column({
      headings: ['initialer', 'initials', 'init', 'medarbejder'],
      required: true,
      cell: initialsCell,
      personal: false,
    }),
    name: column({ headings: ['navn', 'name'], required: true, cell: textCell(120), personal: true }),
    email: column({
      headings: ['e-mail', 'email', 'mail'],
      required: false,
      cell: emailCell,
      personal: true,
    }),
    team: column({ headings: ['team', 'gruppe'], required: false, cell: textCell(120), personal: false }),
    roles: column({
      headings: ['rolle', 'role', 'roller', 'roles'],
      required: true,
      cell: listCell(roleCell),
      personal: false,
    }),
    weeklyHours: column({
      headings: ['timer pr. uge', 'weekly_hours', 'weekly hours', 'ugentlige timer', 'timer'],
      required: false,
      cell: decimalCell({ min: 0, max: 60, decimals: 2 }),
      personal: false,
    }),
  },
  unique: [['initials']],
});
type StaffColumns = typeof staffShape.columns;

/** A file neither gives the first nor takes either away, also from somebody who got it while the file was read. */
const rolesThatStay: readonly Role[] = ['operator', 'administrator'];
const isLost = (role: Role, before: readonly string[], after: readonly Role[]): boolean =>
  before.includes(role) && !after.includes(role);

interface KnownStaff {
  /** Who does not work here any more. */
  readonly ended: ReadonlySet<string>;
  readonly administrators: ReadonlySet<string>;
}

/** Staff by initials: new ones are registered, changed ones updated; teams that do not exist yet are made. */
export function createStaffImporter({
  clock,
  ledger,
  changes,
}: {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
}) {
  return {
    kind: 'staff' as const,
    shape: staffShape,

    readKnown: async (tx: ReadTx, actor: Actor): Promise<KnownStaff> => {
      assertAllowed(identityPolicy, actor, 'staff:write');
      const staff = await tx.staff.findMany({
        where: { OR: [{ endedAt: { not: null } }, { roles: { has: 'administrator' } }] },
        select: { initials: true, endedAt: true },
      });
      const initialsOf = (ended: boolean) =>
        new Set(staff.filter((row) => (row.endedAt !== null) === ended).map((row) => row.initials));
      return { ended: initialsOf(true), administrators: initialsOf(false) };
    },

    // A file cannot take the administrator role away: it could lock everybody out with one line. Nor does it employ
    // anew who has left: they often still stand in the list of last month.
    findProblems: (
      row: Extract<TableRow<StaffColumns>, { ok: true }>,
      known: KnownStaff,
    ): readonly RowProblem[] => {
      if (known.ended.has(row.values.initials)) return [row.problem('initials', 'has_ended')];
      return known.administrators.has(row.values.initials) && !row.values.roles.includes('administrator')
        ? [row.problem('roles', 'would_end_administrator')]
        : [];
    },

    apply: async (tx: Tx, actor: Actor, rows: readonly RowValues<StaffColumns>[]) => {
      const now = clock.now();
      const { municipalityId } = actor;
      const entries: LedgerEntry[] = [];
      const told: Change[] = [];
      const counts = { created: 0, updated: 0, unchanged: 0 };

      const teams = new Map((await tx.team.findMany()).map((team) => [team.name, team.id]));
      await lockManyStaff(
        tx,
        rows.map((row) => row.initials),
      );
      const existing = new Map(
        (
          await tx.staff.findMany({
            where: { initials: { in: rows.map((row) => row.initials) } },
            include: withTeam,
          })
        ).map((row) => [row.initials, row]),
      );
      for (const row of rows) {
        const { team } = row;
        if (team == null || teams.has(team)) continue;
        const id = randomUUID();
        await tx.team.create({ data: { municipalityId, id, name: team, createdAt: now } });
        teams.set(team, id);
        entries.push({ type: 'team.created', team: id });
        told.push({ type: 'team.created', entity: { kind: 'team', id } });
      }
      for (const row of rows) {
        const before = existing.get(row.initials);
        // Somebody left while the file was read: they stay as they are.
        if (before !== undefined && before.endedAt !== null) {
          counts.unchanged += 1;
          continue;
        }
        // An empty cell empties, a column that the file does not have changes nothing.
        const { email = before?.email ?? null, weeklyHours = before?.weeklyHours ?? null } = row;
        const teamId =
          row.team === undefined
            ? (before?.teamId ?? null)
            : row.team === null
              ? null
              : (teams.get(row.team) ?? null);
        const given: readonly Role[] = row.roles;
        const roles = [...given, ...rolesThatStay.filter((role) => isLost(role, before?.roles ?? [], given))];
        const facts = { name: row.name, email, teamId, roles, weeklyHours };
        if (before === undefined) {
          const id = randomUUID();
          await tx.staff.create({
            data: {
              municipalityId,
              id,
              initials: row.initials,
              ...facts,
              shift: 'day',
              createdAt: now,
              updatedAt: now,
            },
          });
          entries.push({ type: 'staff.registered', staff: id, roles });
          told.push({ type: 'staff.registered', entity: { kind: 'staff', id: row.initials } });
          counts.created += 1;
        } else if (sameFacts(before, facts)) {
          counts.unchanged += 1;
        } else {
          await tx.staff.updateMany({
            where: { id: before.id },
            data: { ...facts, updatedAt: now },
          });
          entries.push({ type: 'staff.changed', staff: before.id, roles });
          told.push({ type: 'staff.changed', entity: { kind: 'staff', id: row.initials } });
          counts.updated += 1;
        }
      }
      await ledger.append(tx, actor.staffId, entries);
      await changes.append(tx, ...told);
      return counts;
    },
  };
}

interface StaffFacts {
  readonly name: string;
  readonly email: string | null;
  readonly teamId: string | null;
  readonly roles: readonly string[];
  readonly weeklyHours: number | null;
}

function sameFacts(before: StaffFacts, after: StaffFacts): boolean {
  return (
    before.name === after.name &&
    before.email === after.email &&
    before.teamId === after.teamId &&
    before.weeklyHours === after.weeklyHours &&
    [...before.roles].sort().join() === [...after.roles].sort().join()
  );
}

/** The headings and rows that `staffShape` takes. */
export async function exportStaff(
  tx: ReadTx,
): Promise<{ headings: readonly string[]; rows: (string | null)[][] }> {
  const rows = await tx.staff.findMany({
    where: { endedAt: null },
    orderBy: { initials: 'asc' },
    include: withTeam,
  });
  return {
    headings: Object.values(staffShape.columns).map((definition) => definition.headings[0]),
    rows: rows.map((row) => [
      row.initials,
      row.name,
      row.email,
      row.team?.name ?? null,
      row.roles.filter((role) => role !== 'operator').join(';'),
      row.weeklyHours === null ? null : String(row.weeklyHours).replace('.', ','),
    ]),
  };
}
