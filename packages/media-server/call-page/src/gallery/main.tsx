import { createRoot } from 'react-dom/client';
import '../styles/page.css';
import '../styles/call.css';
import { Frame } from '../screens/frame.tsx';
import { chooseLanguage, SpeakLanguage } from '../texts/index.ts';
import { screens } from './screens.tsx';

// Every screen by itself, with invented data: `gallery.html?screen=waiting&lang=en`. Tests look at each of them.
const asked = new URLSearchParams(location.search);
const language = chooseLanguage(location.search, null);
const shown = screens[asked.get('screen') ?? ''];
const root = document.getElementById('page');
document.documentElement.lang = language;
Object.assign(globalThis, { screenNames: Object.keys(screens) });
if (root !== null && shown !== undefined)
  createRoot(root).render(
    <SpeakLanguage value={language}>
      {shown.bare === true ? (
        shown.render()
      ) : (
        <Frame municipality="Viborg Kommune" isDemo={false} onLanguage={() => undefined}>
          {shown.render()}
        </Frame>
      )}
    </SpeakLanguage>,
  );
