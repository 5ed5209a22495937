import type { Finding, FindingKind } from '../../contract/ledger.ts';

/** As many as a person would read; what comes after follows from the first ones more often than not. */
const mostFindings = 100;

/** Of what was signed: without it nothing else is worth much, so these are told first. */
const trust: readonly FindingKind[] = ['unsigned-root', 'wrong-key', 'signature-broken', 'origin-mismatch'];

export interface Findings {
  add(
    kind: FindingKind,
    at?: { readonly index?: bigint | number; readonly until?: bigint | number; readonly where?: string },
  ): void;
  /** Faults of trust first, then in the order of the log, then what has no place in it. */
  list(): readonly Finding[];
}

export function collectFindings(): Findings {
  const findings: Finding[] = [];
  const placeOf = ({ kind, index }: Finding): bigint =>
    trust.includes(kind) ? -1n : index === null ? 1n << 64n : BigInt(index);
  const compare = (one: bigint, other: bigint) => (one < other ? -1 : one > other ? 1 : 0);
  return {
    add: (kind, { index, until, where } = {}) => {
      if (findings.length >= 2 * mostFindings) return;
      findings.push({
        kind,
        index: index?.toString() ?? null,
        until: until === undefined || until === index ? null : until.toString(),
        where: where ?? null,
      });
    },
    list: () =>
      findings.toSorted((one, other) => compare(placeOf(one), placeOf(other))).slice(0, mostFindings),
  };
}
