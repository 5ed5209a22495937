import { useSyncExternalStore } from 'react';
import type { Store } from './media/state.ts';

export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.getSnapshot);
