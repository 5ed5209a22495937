import { after } from './en/after.ts';
import { before } from './en/before.ts';
import { call } from './en/call.ts';
import { talk } from './en/talk.ts';
import type { Texts } from './shape.ts';

/** The same in English, for those who asked for it. */
export const en: Texts = { ...before, ...call, ...after, ...talk };
