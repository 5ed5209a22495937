import { createContext, useContext } from 'react';
import { da } from './da.ts';
import { en } from './en.ts';
import type { Language } from './format.ts';
import type { Texts } from './shape.ts';

export type { Texts } from './shape.ts';

const all: Record<Language, Texts> = { da, en };

const LanguageContext = createContext<Language>('da');
export const SpeakLanguage = LanguageContext.Provider;

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function useTexts(): Texts {
  return all[useContext(LanguageContext)];
}

/** What the address asks for, or else the seat's language; Danish where nobody said anything. */
export function chooseLanguage(search: string, ofSeat: Language | null): Language {
  const asked = new URLSearchParams(search).get('lang');
  if (asked === 'da' || asked === 'en') return asked;
  return ofSeat ?? 'da';
}
