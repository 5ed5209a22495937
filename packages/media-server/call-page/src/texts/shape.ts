import type { da } from './da.ts';

/** What is said is the same in every language: the Danish texts decide what there is. */
export type Texts = Said<typeof da>;
/** Texts of the same shape, in whatever words. */
export type Said<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Key in keyof T]: Said<T[Key]> };
