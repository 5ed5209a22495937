import type { CallPage } from '@naer/core/contract/call-page';
import { useEffect, useRef } from 'react';
import type { Chime } from './chime.ts';
import { keepAwake } from './media/awake.ts';
import type { CallSession } from './session-state.ts';
import type { View } from './view.ts';

/** Calls out when somebody who waited is let in, and to the host when somebody begins to wait. */
export function useCallingOut(view: View, page: CallPage | null, chime: Chime): void {
  const before = useRef<{ view: View['name']; waiting: number }>({ view: 'opening', waiting: 0 });
  const waiting = page?.me.isHost === true ? page.seats.filter(({ state }) => state === 'waiting').length : 0;
  useEffect(() => {
    const last = before.current;
    before.current = { view: view.name, waiting };
    const letIn = last.view === 'waiting' && (view.name === 'letting-in' || view.name === 'call');
    if (letIn || (view.name === 'call' && waiting > last.waiting)) chime.ring();
  }, [view.name, waiting, chime]);
}

const waitsOn: ReadonlySet<View['name']> = new Set(['waiting', 'letting-in'] as const);

/** A tablet that was put down and sleeps is not called: the screen stays on for who waits, also for the waiting room to open. */
export function useAwake(view: View, isEarly: boolean): void {
  const waits = waitsOn.has(view.name) || (view.name === 'welcome' && isEarly);
  useEffect(() => (waits ? keepAwake(navigator.wakeLock, document) : undefined), [waits]);
}

/** Somebody who was slowed down is let try again when the time has come. */
export function useTryingAgain(view: View, session: CallSession): void {
  const seconds = view.name === 'slowed' ? view.seconds : null;
  useEffect(() => {
    if (seconds === null) return;
    const timer = setTimeout(() => void session.open(), seconds * 1000);
    return () => clearTimeout(timer);
  }, [seconds, session]);
}
