// biome-ignore assist/source/organizeImports: the link is opened before the rest of the page is run.
import { session } from './begin.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/index.css';
import { App } from './app.tsx';
import { networkTrial } from './browser-session.ts';
import { createChime } from './chime.ts';
import { browserParts } from './device/browser-parts.ts';
import { createDeviceTests } from './device/tests.ts';
import { linkOf } from './link.ts';

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no place for its screens');

const { api } = session;
const tests = createDeviceTests(browserParts(() => api.watch(null), networkTrial(api)));
tests.testBrowser();

/** Of this installation, where it has one municipality; core writes it into the page. */
const helpPhone = document.querySelector<HTMLMetaElement>('meta[name="naer-help-phone"]')?.content ?? '';

createRoot(root).render(
  <StrictMode>
    <App
      session={session}
      tests={tests}
      chime={createChime()}
      token={linkOf(window.location)}
      helpPhone={helpPhone === '' ? null : helpPhone}
    />
  </StrictMode>,
);
