import { startSession } from './browser-session.ts';
import { chooseLanguage } from './texts/index.ts';

/** Imported before all else: the link is on its way to the service while the browser still reads the rest of the page. */
export const session = startSession(chooseLanguage(window.location.search, null));
