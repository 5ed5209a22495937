import { z } from 'zod';
import type { Permission } from './permissions.ts';

/** Who may call: a permission, anybody with a valid token, whoever holds the link to a seat in a call, or everybody. */
export type Access = Permission | 'authenticated' | 'call-link' | 'public';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'PUT';

/**
 * One route of `/api/v1`, as data: core registers it, the OpenAPI document describes it and the typed client calls it,
 * all from this one value, so that they cannot drift apart.
 */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  readonly method: HttpMethod;
  /** Path below `/api/v1`, parameters as `:name`. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly reply: Reply;
  /** `json` unless the route takes a file, gives a file, or streams events. */
  readonly form: 'json' | 'upload' | 'download' | 'events';
  readonly status: 200 | 201;
  /** How often one address may ask in a minute, where that is less than for everything else together; null for no such limit. */
  readonly perMinute: number | null;
}

type Parts = {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly form?: Route['form'];
  readonly status?: Route['status'];
  readonly perMinute?: number;
  readonly summary: string;
  readonly access: Access;
};

type PartOf<P, K extends string> = P extends { readonly [key in K]: infer T extends z.ZodType }
  ? T
  : z.ZodUndefined;

const none = z.undefined();

/** Declares a route; `id` is `<module>.<action>` and becomes the OpenAPI operation id. */
export function route<const P extends Parts, Reply extends z.ZodType>(
  id: string,
  method: HttpMethod,
  path: string,
  parts: P,
  reply: Reply,
): Route<PartOf<P, 'params'>, PartOf<P, 'query'>, PartOf<P, 'body'>, Reply> {
  const part = <K extends 'params' | 'query' | 'body'>(key: K) => (parts[key] ?? none) as PartOf<P, K>;
  return {
    id,
    method,
    path,
    access: parts.access,
    summary: parts.summary,
    params: part('params'),
    query: part('query'),
    body: part('body'),
    reply,
    form: parts.form ?? 'json',
    status: parts.status ?? 200,
    perMinute: parts.perMinute ?? null,
  };
}
