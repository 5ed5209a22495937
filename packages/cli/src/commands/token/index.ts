import { TokenCreate } from './create.ts';
import { TokenList } from './list.ts';
import { TokenRevoke } from './revoke.ts';

export const commands = { create: TokenCreate, list: TokenList, revoke: TokenRevoke };
