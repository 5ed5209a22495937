import { after } from './da/after.ts';
import { before } from './da/before.ts';
import { call } from './da/call.ts';
import { talk } from './da/talk.ts';

/** Everything the page says in Danish. Names of people are first names; times come ready as "kl. 10.02". */
export const da = { ...before, ...call, ...after, ...talk };
