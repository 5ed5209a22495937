import type { TalkPage } from '@naer/core/contract/call-page';
import { useCallback, useEffect, useState } from 'react';
import type { CallApi } from './api.ts';
import { RequestFailure } from './request-failure.ts';
import type { TalkState } from './screens/talk.tsx';

export interface UsedTalk extends TalkState {
  readonly onAsk: (wishedAt: string) => void;
  readonly onWithdraw: () => void;
  /** Looks again at what may be chosen now. */
  readonly refresh: () => void;
}

/**
 * What a citizen's page knows of asking for a talk. It is looked up once a screen shows it, and with each answer; a page that
 * cannot look it up shows nothing of it.
 */
export function useTalk(api: Pick<CallApi, 'talk' | 'askTalk' | 'withdrawTalk'>, isShown: boolean): UsedTalk {
  const [state, setState] = useState<TalkState>({ talk: null, busy: false, fault: 'none' });
  const run = useCallback(
    async (act: () => Promise<TalkPage>) => {
      setState((before) => ({ ...before, busy: true, fault: 'none' }));
      try {
        setState({ talk: await act(), busy: false, fault: 'none' });
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        const isOvertaken = error.code === 'talk_hours_closed' || error.code === 'talk_state';
        // What can be chosen is another by now, or was asked for on another device.
        const now = isOvertaken ? await api.talk().catch(() => null) : null;
        const fault = error.code === 'talk_hours_closed' ? 'closed' : isOvertaken ? 'none' : 'not-sent';
        setState((before) => ({ talk: now ?? before.talk, busy: false, fault }));
      }
    },
    [api],
  );
  const refresh = useCallback(() => {
    void api.talk().then(
      (talk) => setState((before) => ({ ...before, talk })),
      () => undefined,
    );
  }, [api]);
  useEffect(() => {
    if (isShown) refresh();
  }, [isShown, refresh]);
  return {
    ...state,
    refresh,
    onAsk: (wishedAt) => void run(() => api.askTalk(wishedAt)),
    onWithdraw: () => void run(() => api.withdrawTalk()),
  };
}
