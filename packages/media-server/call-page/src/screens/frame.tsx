import type { ReactNode } from 'react';
import { useTexts } from '../texts/index.ts';

export interface FrameProps {
  readonly municipality: string | null;
  readonly isDemo: boolean;
  readonly onLanguage: () => void;
  readonly children: ReactNode;
}

/** What stands around every screen but the call itself. */
export function Frame({ municipality, isDemo, onLanguage, children }: FrameProps) {
  const texts = useTexts();
  return (
    <div className="frame">
      <header className="head">
        <span className="from">{municipality ?? ''}</span>
        <button
          type="button"
          className="button quiet small"
          lang={texts.page.otherLanguage === 'In English' ? 'en' : 'da'}
          onClick={onLanguage}
        >
          {texts.page.otherLanguage}
        </button>
      </header>
      {isDemo && <p className="demo">{texts.page.demo}</p>}
      {children}
    </div>
  );
}
