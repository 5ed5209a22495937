import { LedgerList } from './list.ts';

export const commands = { list: LedgerList };
