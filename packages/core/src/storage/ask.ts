import type { ClientBase } from 'pg';
import type { Prisma } from './generated/client.ts';
import { queryHot } from './transaction.ts';

/**
 * Asks something in a transaction that is open already, whoever opened it: an endpoint for one municipality, or the
 * sequencer's leader on its own connection. Types are those of node-postgres: bigint is text, bytea a Buffer.
 */
export type Ask = <Row extends object>(statement: Prisma.Sql) => Promise<Row[]>;

/** @param tx a `Tx` or `ReadTx`; see `queryHot` */
export const askIn =
  (tx: object): Ask =>
  (statement) =>
    queryHot(tx, statement);

export const askOn =
  (client: Pick<ClientBase, 'query'>): Ask =>
  async <Row extends object>({ text, values }: Prisma.Sql) =>
    (await client.query<Row>({ text, values: [...values] })).rows;
