import type { da } from './da.ts';

/** What is said is the same in every language: the Danish texts decide what there is. */
export type Texts = Widened<typeof da>;
type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Key in keyof T]: Widened<T[Key]> };
