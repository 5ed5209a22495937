import {
  callEncryptions,
  seatKinds,
  seatStates,
  speakAgains,
  testOutcomes,
  testSteps,
  troubleSteps,
} from '@naer/core/contract/call-codes';
import { describe, expect, it } from 'vitest';
import { advices } from '../device/codes.ts';
import { adviceFor } from './advice.ts';
import { da } from './da.ts';
import { en } from './en.ts';
import { clockOf, dayOf, phoneOf, spanOf, telOf, timeOf } from './format.ts';
import { chooseLanguage } from './index.ts';

const platforms = ['ipad', 'iphone', 'android', 'mac', 'windows', 'linux', 'other'] as const;

/** Every text of a language, with what it is filled by standing in for names and times. */
function allTexts(value: unknown, place = ''): { place: string; text: string }[] {
  if (typeof value === 'string') return [{ place, text: value }];
  if (typeof value === 'function') return [{ place, text: String(value('Mette', 3, '42')) }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => allTexts(each, `${place}.${key}`));
}
const advicesIn = (language: 'da' | 'en') =>
  advices.flatMap((advice) =>
    platforms.map((platform) => ({
      place: `${advice} on ${platform}`,
      text: adviceFor(advice, platform, language),
    })),
  );

describe('the words of the page', () => {
  it('cover every code that the page can show, in both languages', () => {
    for (const texts of [da, en]) {
      expect(Object.keys(texts.seats)).toEqual(seatKinds);
      expect(Object.keys(texts.seatStates)).toEqual(seatStates);
      expect(Object.keys(texts.encryption)).toEqual(callEncryptions);
      expect(Object.keys(texts.steps)).toEqual(testSteps);
      expect(Object.keys(texts.outcomes)).toEqual(testOutcomes);
      expect(Object.keys(texts.trouble)).toEqual(troubleSteps);
      expect(Object.keys(texts.speakAgain)).toEqual(speakAgains);
      for (const { place, text } of allTexts(texts)) expect(text.trim(), place).not.toBe('');
    }
    for (const { place, text } of [...advicesIn('da'), ...advicesIn('en')])
      expect(text, place).toMatch(/\.$/);
  });

  it('say the same things in both', () => {
    const places = (texts: unknown) => allTexts(texts).map(({ place }) => place);
    expect(places(en)).toEqual(places(da));
  });

  it('have no English in the Danish and no Danish in the English', () => {
    const english =
      /\b(the|you|your|and|is|are|not|please|link is|click|try|call|video|settings|microphone|camera)\b/i;
    const danish = /[æøå]|\b(du|dig|ikke|og|er|vi|din|dit|til|hvis)\b/i;
    // The way over to the other language is written in that one.
    const ofItself = ({ place }: { place: string }) => place !== '.page.otherLanguage';
    for (const { place, text } of [...allTexts(da).filter(ofItself), ...advicesIn('da')])
      expect(text, place).not.toMatch(english);
    for (const { place, text } of [...allTexts(en).filter(ofItself), ...advicesIn('en')])
      expect(text, place).not.toMatch(danish);
  });

  it('tell somebody with a link that does not hold nothing of what it was for', () => {
    for (const texts of [da, en])
      for (const { text } of allTexts(texts.linkNotValid))
        expect(text).not.toMatch(/bostøtte|støtte|borger|kommune|support|citizen|municipal|psyk/i);
  });
});

describe('times and numbers', () => {
  it.each([
    ['2026-11-24T08:02:00Z', 'kl. 09.02', 'at 09:02', 'tirsdag den 24. november', 'Tuesday 24 November'],
    // Summer time begins at 2 in the night to 29 March.
    ['2026-03-29T01:30:00Z', 'kl. 03.30', 'at 03:30', 'søndag den 29. marts', 'Sunday 29 March'],
  ])('are those of Copenhagen: %s', (instant, inDanish, inEnglish, day, dayInEnglish) => {
    const plain = (text: string) => text.replaceAll('\u00a0', ' ');
    expect(plain(timeOf(instant, 'da'))).toBe(inDanish);
    expect(plain(timeOf(instant, 'en'))).toBe(inEnglish);
    // After a word that asks for the bare time, such as "since".
    expect(plain(clockOf(instant, 'da'))).toBe(inDanish);
    expect(`at ${clockOf(instant, 'en')}`).toBe(inEnglish);
    expect(dayOf(instant, 'da')).toBe(day);
    expect(dayOf(instant, 'en')).toBe(dayInEnglish);
  });

  it.each([
    [-1, '0:00 minutter'],
    [61_000, '1:01 minutter'],
    [720_000, '12 minutter'],
    [3_600_000, '1 time'],
    [4_680_000, '1 time og 18 minutter'],
    [47 * 3_600_000, '47 timer'],
    [3 * 86_400_000, '3 dage'],
  ])('tell spans as one would: %s ms', (ms, told) => expect(spanOf(ms, 'da')).toBe(told));

  it.each([
    ['+4570000000', '70 00 00 00', 'tel:+4570000000'],
    ['70 00 00 00', '70 00 00 00', 'tel:+4570000000'],
    ['+45112', '112', 'tel:112'],
    ['+4681234567', '+4681234567', 'tel:+4681234567'],
  ])('show and dial %s', (number, shown, dialled) => {
    expect(phoneOf(number)).toBe(shown);
    expect(telOf(number)).toBe(dialled);
  });

  it('speak the language of the address before that of the seat, and Danish where nobody said', () => {
    expect(chooseLanguage('?lang=en', 'da')).toBe('en');
    expect(chooseLanguage('?lang=xx', 'en')).toBe('en');
    expect(chooseLanguage('', null)).toBe('da');
  });
});
