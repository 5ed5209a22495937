/** What a behaviour leads to, small and comparable: the reason somebody was sent away, a status and a code. */
export type Observation =
  | string
  | number
  | boolean
  | null
  | readonly Observation[]
  | { readonly [name: string]: Observation };

/** Equal whatever order the names come in. */
export function sameObservation(one: Observation, other: Observation): boolean {
  return canonical(one) === canonical(other);
}

export function canonical(observation: Observation): string {
  return JSON.stringify(observation, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
