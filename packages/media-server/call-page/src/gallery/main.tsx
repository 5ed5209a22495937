import { createRoot } from 'react-dom/client';
import '../styles/index.css';
import { Frame } from '../screens/frame.tsx';
import { chooseLanguage } from '../texts/index.ts';
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
    <Frame
      language={language}
      bare={shown.bare === true}
      municipality="Viborg Kommune"
      isDemo={false}
      onLanguage={() => undefined}
    >
      {shown.render()}
    </Frame>,
  );
