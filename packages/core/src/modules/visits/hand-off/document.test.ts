import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channels,
  failureSteps,
  futileReasons,
  handOffOutcomes,
  participantKinds,
  partKinds,
  visitPurposes,
  visitTopics,
} from '../../../contract/index.ts';
import { fromLocal } from '../../../kernel/time-zone.ts';
import { type DocumentedPart, type DocumentedVisit, spanOf, writeDocument } from './document.ts';

/** A part of 24 November 2026, Danish time: '10.00–10.20'. A day of its own may stand before either time. */
const part = (kind: DocumentedPart['kind'], span: string): DocumentedPart => {
  const [from = '', to = ''] = span.split('–').map((each) => {
    const [day, time] = each.includes(' ') ? each.split(' ') : ['2026-11-24', each];
    return `${day}T${time?.replace('.', ':')}`;
  });
  const [startsAt, endsAt] = [fromLocal(from), fromLocal(to)];
  return { kind, startsAt, endsAt, minutes: Math.round((endsAt.getTime() - startsAt.getTime()) / 60_000) };
};
const at = (time: string) => part('video', `${time}–${time}`).startsAt;

const write = (wish: Partial<DocumentedVisit>): string =>
  writeDocument({
    channel: 'video',
    origin: 'planned',
    outcome: 'held',
    happensAt: at('10.00'),
    plannedStartsAt: at('10.00'),
    parts: [],
    purposes: [],
    topics: [],
    participants: [],
    endedReason: null,
    revision: 1,
    ...wish,
  });
const day = 'tirsdag den 24. november 2026';

describe('the text of a visit', () => {
  it('tells time, minutes, purpose, topics and who was there', () => {
    expect(
      write({
        parts: [part('video', '10.00–10.20')],
        purposes: ['smaller-bites'],
        topics: ['supportive-talk', 'structure'],
        participants: [{ kind: 'relative', initials: null }],
      }),
    ).toBe(
      `Skærmbesøg ${day} kl. 10.00–10.20 (20 minutter). Formål: støtte i mindre bidder. Emner: støttende samtale og struktur på dagen. Til stede ud over borger og medarbejder: pårørende.`,
    );
  });

  it('makes lists with commas and "og", counts those of a kind, and names colleagues by initials', () => {
    expect(
      write({
        channel: 'physical',
        parts: [part('physical', '10.00–11.00')],
        topics: ['practical', 'reading-post', 'medication'],
        participants: [
          { kind: 'colleague', initials: 'MK' },
          { kind: 'relative', initials: null },
          { kind: 'relative', initials: null },
          { kind: 'health-care', initials: null },
          { kind: 'health-care', initials: null },
          { kind: 'colleague', initials: 'BM13' },
        ],
      }),
    ).toBe(
      `Fysisk besøg ${day} kl. 10.00–11.00 (60 minutter). Emner: praktiske opgaver, gennemgang af post og medicin. Til stede ud over borger og medarbejder: kolleger (MK og BM13), to pårørende og sundhedspersonale.`,
    );
  });

  it('says one minute, and less than one', () => {
    expect(write({ parts: [part('phone', '10.00–10.01')] })).toBe(`Opkald ${day} kl. 10.00–10.01 (1 minut).`);
    expect(write({ parts: [part('phone', '10.00–10.00')] })).toBe(`Opkald ${day} kl. 10.00 (under 1 minut).`);
  });

  it('says when a contact was not planned', () => {
    const parts = [part('phone', '21.15–21.23')];
    expect(write({ channel: 'phone', origin: 'unplanned', plannedStartsAt: null, parts })).toBe(
      `Uplanlagt opkald ${day} kl. 21.15–21.23 (8 minutter).`,
    );
    expect(
      write({ origin: 'unplanned', parts: [part('video', '10.00–10.05'), part('physical', '11.00–11.30')] }),
    ).toMatch(/^Uplanlagt besøg, der begyndte som skærmbesøg /);
  });

  it('names both parts of a visit that turned, the way between them, and the sum', () => {
    expect(
      write({
        parts: [part('video', '10.00–10.15'), part('travel', '10.15–10.45'), part('physical', '10.45–11.30')],
      }),
    ).toBe(
      `Besøg, der begyndte som skærmbesøg ${day} kl. 10.00–10.15 (15 minutter) og blev til et fysisk besøg kl. 10.45–11.30 (45 minutter). I alt 60 minutter. Vejtid: 30 minutter.`,
    );
  });

  it('names each part of a visit that turned twice', () => {
    expect(
      write({
        parts: [part('video', '10.00–10.10'), part('physical', '10.40–11.00'), part('phone', '14.00–14.05')],
      }),
    ).toBe(
      `Besøg, der begyndte som skærmbesøg ${day} kl. 10.00–10.10 (10 minutter), fortsatte som fysisk besøg kl. 10.40–11.00 (20 minutter) og sluttede som opkald kl. 14.00–14.05 (5 minutter). I alt 35 minutter.`,
    );
  });

  it('tells of a break as one visit', () => {
    expect(write({ parts: [part('video', '10.00–10.05'), part('video', '10.10–10.20')] })).toBe(
      `Skærmbesøg ${day} kl. 10.00–10.05 og kl. 10.10–10.20 (15 minutter i alt).`,
    );
  });

  it('writes both days of a visit over midnight', () => {
    expect(write({ parts: [part('video', '23.50–2026-11-25 00.10')] })).toBe(
      `Skærmbesøg ${day} kl. 23.50 til onsdag den 25. november 2026 kl. 00.10 (20 minutter).`,
    );
    expect(
      write({
        parts: [part('video', '23.30–23.40'), part('physical', '2026-11-25 00.10–2026-11-25 00.40')],
      }),
    ).toBe(
      `Besøg, der begyndte som skærmbesøg ${day} kl. 23.30–23.40 (10 minutter) og blev til et fysisk besøg onsdag den 25. november 2026 kl. 00.10–00.40 (30 minutter). I alt 40 minutter.`,
    );
  });

  it('tells the two times apart that October shows twice', () => {
    const startsAt = new Date('2026-10-25T00:30:00Z');
    const endsAt = new Date('2026-10-25T01:30:00Z');
    expect(write({ parts: [{ kind: 'video', startsAt, endsAt, minutes: 60 }] })).toBe(
      'Skærmbesøg søndag den 25. oktober 2026 kl. 02.30 (sommertid)–02.30 (vintertid) (60 minutter).',
    );
  });

  it('says that a failed call was followed up by phone', () => {
    expect(
      write({
        outcome: 'followed-up',
        endedReason: 'no-sound',
        parts: [part('phone', '10.15–10.25')],
        topics: ['supportive-talk'],
      }),
    ).toBe(
      `Skærmbesøg ${day} kl. 10.00 mislykkedes: der var ingen lyd. Fulgt op med opkald kl. 10.15–10.25 (10 minutter). Emner: støttende samtale.`,
    );
    expect(
      write({
        outcome: 'followed-up',
        endedReason: 'dropped',
        parts: [part('video', '10.00–10.07'), part('phone', '10.15–10.16')],
      }),
    ).toBe(
      `Skærmbesøg ${day} kl. 10.00–10.07 (7 minutter) mislykkedes: forbindelsen røg. Fulgt op med opkald kl. 10.15–10.16 (1 minut).`,
    );
    expect(
      write({
        outcome: 'followed-up',
        channel: 'phone',
        endedReason: 'dropped',
        parts: [part('phone', '10.00–10.02'), part('phone', '10.15–10.25')],
      }),
    ).toBe(
      `Opkald ${day} kl. 10.00–10.02 (2 minutter) mislykkedes: forbindelsen røg. Fulgt op med opkald kl. 10.15–10.25 (10 minutter).`,
    );
  });

  it('says that nobody was there, and what the way and the wait took', () => {
    expect(
      write({
        outcome: 'futile',
        channel: 'physical',
        endedReason: 'nobody-home',
        parts: [part('travel', '09.35–10.00'), part('waiting', '10.00–10.10')],
      }),
    ).toBe(
      `Forgæves fysisk besøg ${day} kl. 10.00: der var ingen hjemme. Vejtid: 25 minutter. Ventetid: 10 minutter.`,
    );
  });

  it('says of a correction what it replaces', () => {
    expect(write({ revision: 3, parts: [part('video', '10.00–10.25')] })).toBe(
      `Rettelse (erstatter udgave 2). Skærmbesøg ${day} kl. 10.00–10.25 (25 minutter).`,
    );
  });

  it('is made of whole sentences without codes, English words or double spaces, whatever was recorded', () => {
    const anyPart = fc
      .record({
        kind: fc.constantFrom(...partKinds),
        from: fc.integer({ min: 0, max: 600 }),
        length: fc.integer({ min: 0, max: 700 }),
      })
      .map(({ kind, from, length }): DocumentedPart => {
        const startsAt = new Date(at('10.00').getTime() + from * 60_000);
        return { kind, startsAt, endsAt: new Date(startsAt.getTime() + length * 60_000), minutes: length };
      });
    const anyVisit = fc.record<DocumentedVisit>({
      channel: fc.constantFrom(...channels),
      origin: fc.constantFrom('planned', 'unplanned'),
      outcome: fc.constantFrom(...handOffOutcomes),
      happensAt: fc.constant(at('10.00')),
      plannedStartsAt: fc.option(fc.constant(at('10.00'))),
      parts: fc.array(anyPart, { maxLength: 6 }),
      purposes: fc.subarray([...visitPurposes]),
      topics: fc.subarray([...visitTopics]),
      participants: fc.array(
        fc.record({ kind: fc.constantFrom(...participantKinds.slice(1)), initials: fc.constant(null) }),
        { maxLength: 8 },
      ),
      endedReason: fc.option(fc.constantFrom(...futileReasons, ...failureSteps)),
      revision: fc.integer({ min: 1, max: 9 }),
    });
    const codes = [...participantKinds, ...visitTopics, ...visitPurposes, ...futileReasons, ...failureSteps];
    const codeLike = new RegExp(
      `\\b(${codes.filter((code) => code.includes('-')).join('|')}|physical|phone|undefined|null)\\b`,
    );
    fc.assert(
      fc.property(anyVisit, (visit) => {
        const text = writeDocument(visit);
        expect(text).toMatch(/^[A-ZÆØÅ][^\n]*\.$/);
        expect(text).not.toMatch(/ {2}|\.\.|\( | \.|, og/);
        expect(text).not.toMatch(codeLike);
        const { startsAt, endsAt } = spanOf(visit);
        expect(Number.isNaN(startsAt.getTime() + endsAt.getTime())).toBe(false);
      }),
    );
  });
});
