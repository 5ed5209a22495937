import type { ReactNode } from 'react';
import type { Language } from '../texts/format.ts';
import { SpeakLanguage, useTexts } from '../texts/index.ts';

export interface FrameProps {
  readonly language: Language;
  /** The call itself fills the window. */
  readonly bare: boolean;
  readonly municipality: string | null;
  readonly isDemo: boolean;
  readonly onLanguage: () => void;
  readonly children: ReactNode;
}

/** What every screen stands in, by its language. */
export function Frame({ language, bare, children, ...head }: FrameProps) {
  return (
    <SpeakLanguage value={language}>
      {bare ? (
        children
      ) : (
        <div className="frame">
          <Head {...head} />
          {children}
        </div>
      )}
    </SpeakLanguage>
  );
}

function Head({
  municipality,
  isDemo,
  onLanguage,
}: Pick<FrameProps, 'municipality' | 'isDemo' | 'onLanguage'>) {
  const texts = useTexts();
  return (
    <>
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
    </>
  );
}
