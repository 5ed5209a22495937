import { useEffect, useMemo, useState } from 'react';
import { useAwake, useCallingOut, useTryingAgain } from './calling-out.ts';
import type { Chime } from './chime.ts';
import type { DeviceTests } from './device/codes.ts';
import { Due } from './due.tsx';
import type { CallSnapshot, Store } from './media/state.ts';
import { forget, recall, remember } from './memory.ts';
import { Frame } from './screens/frame.tsx';
import { type Numbers, useNow } from './screens/parts.tsx';
import { agreedOf } from './screens/rules.tsx';
import { Slip } from './screens/slip.tsx';
import type { CallSession } from './session-state.ts';
import type { Language } from './texts/format.ts';
import { chooseLanguage } from './texts/index.ts';
import { useStore } from './use-store.ts';
import { type View, viewOf } from './view.ts';

export interface AppProps {
  readonly session: CallSession;
  readonly tests: DeviceTests;
  readonly chime: Chime;
  /** The link's token, under which this browser remembers what was agreed; null where the address holds none. */
  readonly token: string | null;
  /** The number to phone where nothing is known of the link. */
  readonly helpPhone: string | null;
}

/** Others say by themselves what went wrong, or have nothing to press. */
const slipOn: ReadonlySet<View['name']> = new Set([
  ...([
    'welcome',
    'waiting',
    'letting-in',
    'enter-trouble',
    'browser-too-old',
    'call',
    'failed',
    'after',
  ] as const),
]);

const noCall: Store<null> = { subscribe: () => () => undefined, getSnapshot: () => null };

/** Chooses the screen that is due and connects it with what it may do; decides nothing that `viewOf` does not. */
export function App({ session, tests, chime, token, helpPhone }: AppProps) {
  const state = useStore(session);
  const call = useStore<CallSnapshot | null>(state.call ?? noCall);
  const tested = useStore(tests);
  const { page, service } = state;
  const now = useNow(service.state !== 'reached');
  const view = viewOf(state, call, { now, browserWorks: tested.steps.browser.outcome !== 'failed' });

  const remembered = useMemo(() => (token === null ? null : recall(token, Date.now())), [token]);
  const [chosen, setChosen] = useState<Language | null>(null);
  const language = chosen ?? chooseLanguage(location.search, page?.language ?? remembered?.language ?? null);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    if (page === null || token === null) return;
    // When it is over, nothing of it is needed any more.
    if (page.state === 'ended') return forget();
    const { helpPhone: help, acutePhone } = page;
    const kept = {
      agreed: agreedOf(page),
      numbers: { helpPhone: help, acutePhone },
      language: page.language,
    };
    remember(token, kept, page.visit.closesAt);
  }, [page, token]);

  const numbers: Numbers = page ?? remembered?.numbers ?? { helpPhone, acutePhone: null };
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured when the page came, not when it is shown.
  const aheadMs = useMemo(() => (page === null ? 0 : Date.parse(page.now) - Date.now()), [page?.now]);
  useCallingOut(view, page, chime);
  useTryingAgain(view, session);
  useAwake(view, page !== null && Date.parse(page.visit.opensAt) > Date.now() + aheadMs);

  const due = (
    <Due
      view={view}
      page={page}
      call={call}
      session={session}
      tests={tests}
      chime={chime}
      numbers={numbers}
      aheadMs={aheadMs}
      agreed={page === null ? (remembered?.agreed ?? null) : agreedOf(page)}
    />
  );
  return (
    <Frame
      language={language}
      bare={view.name === 'call'}
      municipality={page?.municipality ?? null}
      isDemo={page?.isDemo ?? false}
      onLanguage={() => setChosen(language === 'da' ? 'en' : 'da')}
    >
      {slipOn.has(view.name) && <Slip failure={state.lastFailure} onClose={session.forgetFailure} />}
      {due}
    </Frame>
  );
}
