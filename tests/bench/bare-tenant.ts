import pg from 'pg';

/** Runs statements of a transaction, one after the other; each is prepared under its name. */
export type Ask = <Row extends object>(query: pg.QueryConfig) => Promise<Row[]>;

export type InTenant = <Result>(
  access: '' | ' READ ONLY',
  work: (ask: Ask) => Promise<Result>,
) => Promise<Result>;

/** Transactions with the municipality set: the one thing that may not be left out. */
export function createTenant(connectionString: string, municipality: string): InTenant {
  const pool = new pg.Pool({ connectionString, max: 16, options: '-c timezone=UTC' });
  return async (access, work) => {
    const client = await pool.connect();
    try {
      await client.query(`BEGIN${access}`);
      await client.query({
        name: 'tenant',
        text: `SELECT set_config('app.municipality', $1, true)`,
        values: [municipality],
      });
      const result = await work(async <Row extends object>(query: pg.QueryConfig) => {
        const { rows } = await client.query<Row>(query);
        return rows;
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };
}
