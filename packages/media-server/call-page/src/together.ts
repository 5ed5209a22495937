import { useEffect, useRef } from 'react';

/**
 * For how long the host and another were in together as this page saw it, in whole minutes; only to suggest a figure, since
 * the service counts for itself what nobody changed.
 */
export function useMinutesTogether(together: boolean): () => number {
  const count = useRef({ sumMs: 0, since: null as number | null });
  useEffect(() => {
    const { current } = count;
    if (!together) return;
    current.since = Date.now();
    return () => {
      if (current.since !== null) current.sumMs += Date.now() - current.since;
      current.since = null;
    };
  }, [together]);
  return () => {
    const { sumMs, since } = count.current;
    return Math.floor((sumMs + (since === null ? 0 : Date.now() - since)) / 60_000);
  };
}
