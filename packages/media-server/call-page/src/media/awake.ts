/** The screen as a tablet or telephone darkens it; a call with nobody touching anything would go dark. */
export interface ScreenLocks {
  request(type: 'screen'): Promise<{ release(): Promise<void> }>;
}

/**
 * Keeps the screen on until what it gives back is called. Browsers let go of it whenever the page is hidden, so it is asked
 * for again each time it is seen. Where there is no such thing (Safari before 16.4, Firefox before 126), nothing happens.
 */
export function keepAwake(
  locks: ScreenLocks | undefined,
  page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>,
): () => void {
  let isOver = false;
  let held: { release(): Promise<void> } | null = null;
  const release = () => void held?.release().catch(() => {});
  const ask = async () => {
    if (page.visibilityState !== 'visible' || isOver) return;
    try {
      held = (await locks?.request('screen')) ?? null;
      if (isOver) release();
    } catch {
      // Refused to save power: the call goes on.
    }
  };
  const seen = () => void ask();
  page.addEventListener('visibilitychange', seen);
  seen();
  return () => {
    isOver = true;
    page.removeEventListener('visibilitychange', seen);
    release();
  };
}
