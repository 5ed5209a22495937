import { OutboxList } from './list.ts';
import { OutboxRetry } from './retry.ts';

export const commands = { list: OutboxList, retry: OutboxRetry };
