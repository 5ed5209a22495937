import { type Client, escapeLiteral } from 'pg';

/** A municipality with exactly one row in every table, all of whose ids are `rowId`, so that every reference fits. */
export interface Twin {
  readonly name: string;
  readonly municipalityId: string;
  readonly rowId: string;
  /** What every number of its own row is that another table may refer to; a further row's is one more. */
  readonly number: number;
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly generated: boolean;
}

export interface TenantTable {
  readonly name: string;
  /** `municipality_id`, or `id` in the table of municipalities itself. */
  readonly tenantColumn: string;
  readonly columns: readonly Column[];
}

export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly to: string;
  readonly toColumns: readonly string[];
}

export const nordby: Twin = {
  name: 'nordby',
  municipalityId: '10000000-0000-4000-8000-000000000001',
  rowId: '10000000-0000-4000-8000-00000000000a',
  number: 1,
};
export const sydby: Twin = {
  name: 'sydby',
  municipalityId: '20000000-0000-4000-8000-000000000002',
  rowId: '20000000-0000-4000-8000-00000000000b',
  number: 5,
};

/** Every table of the schema that belongs to a municipality, as PostgreSQL itself describes it. */
export async function readTenantTables(superuser: Client): Promise<readonly TenantTable[]> {
  const { rows } = await superuser.query<{ table: string; name: string; type: string; generated: boolean }>(`
    SELECT c.table_name AS table, c.column_name AS name, c.data_type AS type, c.is_identity = 'YES' AS generated
    FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
    ORDER BY c.table_name, c.ordinal_position`);
  return [...Map.groupBy(rows, (row) => row.table)].flatMap(([name, columns]) => {
    const tenantColumn = name === 'municipality' ? 'id' : 'municipality_id';
    return columns.some((column) => column.name === tenantColumn) ? [{ name, tenantColumn, columns }] : [];
  });
}

export async function readForeignKeys(superuser: Client): Promise<readonly ForeignKey[]> {
  const { rows } = await superuser.query<ForeignKey>(`
    SELECT con.conname AS name, con.conrelid::regclass::text AS table, con.confrelid::regclass::text AS to,
      ARRAY(SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY k (n, place)
            JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.n ORDER BY k.place) AS columns,
      ARRAY(SELECT a.attname::text FROM unnest(con.confkey) WITH ORDINALITY k (n, place)
            JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.n ORDER BY k.place) AS "toColumns"
    FROM pg_constraint con WHERE con.contype = 'f' AND con.connamespace = 'public'::regnamespace ORDER BY 2, 1`);
  return rows;
}

/** What a check constraint asks of a column, null where it must be empty; everything else is made up from the type. */
const demanded: Readonly<Record<string, string | null>> = {
  'booking.state': 'booked',
  'booking.ends_at': '09:30',
  'booking.blocked_until': '09:35',
  'call.closes_at': '09:30',
  'call.encryption': 'in-transit',
  'call.failed_at': null,
  'call.failed_step': null,
  'call.state': 'prepared',
  'call_seat.kind': 'colleague',
  'call_seat.language': 'da',
  'call_seat.state': 'invited',
  'contribution.month': '2026-11-01',
  'citizen.acquaintance': 'met',
  'citizen.granted_per': 'week',
  'citizen.status': 'candidate',
  'citizen.substitute_by_video': 'unknown',
  'citizen_grant.per': 'week',
  'ground_rules.caller': 'worker',
  'ground_rules.contact': 'sms',
  'ground_rules.language': 'da',
  'hand_off.state': 'delivered',
  'ledger_key.purpose': 'log',
  'ledger_key.retired_at': null,
  'message.channel': 'mailbox',
  'message.state': 'scheduled',
  'outbox_message.state': 'pending',
  'programme.ends_on': null,
  'programme.invitation': null,
  'programme.kind': 'own',
  'programme_activity.status': 'done',
  'published_month.month': '2026-11-01',
  'staff.shift': 'day',
  'staff_preparation.kind': 'trained',
  'talk_request.state': 'proposed',
  'visit.channel': 'video',
  'visit.origin': 'planned',
  'visit.planned_ends_at': '09:30',
  'visit.state': 'proposed',
  'visit_fact.until_index': null,
  'visit_part.kind': 'video',
  'visit_plan.holidays': 'skip',
  'visit_plan.state': 'active',
  'weekly_plan.format': 'pdf',
};

/** What a reference to a twin's own row holds. */
export const referredTo = (twin: Twin, type: string | undefined): string | number => {
  if (type === 'bigint') return twin.number;
  return type === 'uuid' ? twin.rowId : twin.name;
};

/**
 * One row, column by column. Days and words differ between a twin's own row and a further one (`fresh`), so that a
 * further one collides with nothing; references stay the twin's own.
 */
export function makeRow(
  table: TenantTable,
  twin: Twin,
  foreignKeys: readonly ForeignKey[],
  fresh?: { readonly id: string },
): ReadonlyMap<string, unknown> {
  const day = fresh === undefined ? '2026-11-24' : '2026-11-25';
  const word = fresh === undefined ? twin.name : `${twin.name} ny`;
  const references = new Set(
    foreignKeys.filter((key) => key.table === table.name).flatMap((key) => key.columns),
  );
  const sampleOf = ({ name, type }: Column): unknown => {
    const wish = demanded[`${table.name}.${name}`];
    if (name === table.tenantColumn) return twin.municipalityId;
    if (references.has(name)) return referredTo(twin, type);
    if (wish === null) return null;
    switch (type) {
      case 'uuid':
        return fresh?.id ?? twin.rowId;
      case 'text':
        return wish ?? word;
      case 'ARRAY':
        return [];
      case 'boolean':
        return false;
      case 'bigint':
        return fresh === undefined ? twin.number : twin.number + 1;
      case 'integer':
      case 'double precision':
        return fresh === undefined ? 1 : 2;
      case 'date':
        return wish ?? day;
      case 'timestamp with time zone':
        return `${day}T${wish ?? '09:00'}:00Z`;
      case 'jsonb':
        return JSON.stringify({ word });
      case 'bytea':
        return Buffer.alloc(32, word);
      default:
        throw new Error(`no value is known for ${table.name}.${name} of type ${type}`);
    }
  };
  return new Map(
    table.columns.flatMap((column) => (column.generated ? [] : [[column.name, sampleOf(column)]])),
  );
}

export function insertSql(
  table: string,
  row: ReadonlyMap<string, unknown>,
): { text: string; values: unknown[] } {
  const names = [...row.keys()].map((name) => `"${name}"`);
  const places = names.map((_, n) => `$${n + 1}`);
  return { text: `INSERT INTO ${table} (${names}) VALUES (${places})`, values: [...row.values()] };
}

/** The same in the place of what is there, as two statements in one text. */
export function insteadSql(table: string, tenantColumn: string, row: ReadonlyMap<string, unknown>): string {
  const literal = (value: unknown): string => {
    if (value === null || value === undefined) return 'NULL';
    if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
    return escapeLiteral(Array.isArray(value) ? '{}' : String(value));
  };
  const names = [...row.keys()].map((name) => `"${name}"`);
  const values = [...row.values()].map(literal);
  return `DELETE FROM ${table} WHERE ${tenantColumn} = ${literal(row.get(tenantColumn))};
    INSERT INTO ${table} (${names}) VALUES (${values})`;
}

/** Puts a row of each of the two municipalities into every table. */
export async function insertTwins(superuser: Client): Promise<void> {
  const [tables, foreignKeys] = [await readTenantTables(superuser), await readForeignKeys(superuser)];
  // The order of the tables does not matter while references are not looked at; every reference fits in the end.
  await superuser.query(`BEGIN; SET LOCAL session_replication_role = replica`);
  for (const table of tables) {
    for (const twin of [nordby, sydby])
      await superuser.query(insertSql(table.name, makeRow(table, twin, foreignKeys)));
  }
  await superuser.query('COMMIT');
}
