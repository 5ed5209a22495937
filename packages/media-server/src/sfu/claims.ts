import type { Limits } from '../limits.ts';
import type { Access } from '../protocol/access.ts';

/** What a participant is called and says of itself; empty texts leave things as they are, empty values delete keys. */
export interface ClaimsChange {
  readonly name: string;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type ClaimLimits = Pick<Limits, 'maxNameLength' | 'maxMetadataBytes' | 'maxAttributesBytes'>;

/** The same object where nothing differs. */
export function changeClaims(access: Access, change: ClaimsChange): Access {
  const attributes = new Map(Object.entries(access.attributes));
  for (const [key, value] of Object.entries(change.attributes)) {
    if (value === '') attributes.delete(key);
    else attributes.set(key, value);
  }
  const next: Access = {
    ...access,
    name: change.name || access.name,
    metadata: change.metadata || access.metadata,
    attributes: Object.fromEntries(attributes),
  };
  return next.name === access.name &&
    next.metadata === access.metadata &&
    sameEntries(next.attributes, access.attributes)
    ? access
    : next;
}

/** Which limit the claims meet, in LiveKit's words; null where none. */
export function claimsOverLimit(
  limits: ClaimLimits,
  claims: ClaimsChange,
): 'name length' | 'metadata size' | 'attributes size' | null {
  if (claims.name.length > limits.maxNameLength) return 'name length';
  if (Buffer.byteLength(claims.metadata) > limits.maxMetadataBytes) return 'metadata size';
  let bytes = 0;
  for (const [key, value] of Object.entries(claims.attributes)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return bytes > limits.maxAttributesBytes ? 'attributes size' : null;
}

function sameEntries(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
  );
}
