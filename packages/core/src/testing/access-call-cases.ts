import { visitWarnings } from '../contract/index.ts';
import type { Case } from './access-case.ts';
import type { Place } from './access-place.ts';
import { caseDevice } from './access-place.ts';
import type { Person } from './people.ts';

const localOr = (place: Place, who: Person): Person =>
  [...place.people.values()].includes(who) ? who : place.chief;

/** What a host does with a seat: in their own call, and, where one may, in a colleague's. */
const onSeat = (operation: string): Case[] => {
  const make = async (place: Place, worker: Person, where: 'near' | 'far') => {
    const { visit, seat } = await place.call(worker, where);
    return { params: { id: visit }, body: { seat } };
  };
  return [
    {
      operation,
      needs: ['calls:host'],
      make: (place, who, where) => make(place, where === 'near' ? localOr(place, who) : place.chief, where),
    },
    {
      operation,
      how: 'of a colleague',
      needs: ['calls:host', 'visits:write-for-others'],
      make: (place, _who, where) => make(place, place.chief, where),
    },
  ];
};

const device = caseDevice;
/** What a page does is done by whoever holds a link, and by no token. */
const byLink = (operation: string, body?: unknown): Case => ({
  operation,
  needs: 'a link',
  make: () => (body === undefined ? { query: { device } } : { body }),
});

const onTalk = (operation: string, body: (place: Place) => unknown): Case[] => {
  const make = async (place: Place, worker: Person, where: 'near' | 'far') => ({
    params: { id: await place.talk(worker, where) },
    body: body(place),
  });
  return [
    {
      operation,
      needs: ['calls:host'],
      make: (place, who, where) => make(place, where === 'near' ? localOr(place, who) : place.chief, where),
    },
    {
      operation,
      how: 'of a colleague',
      needs: ['calls:host', 'visits:write-for-others'],
      make: (place, _who, where) => make(place, place.chief, where),
    },
  ];
};

export const callCases: readonly Case[] = [
  { operation: 'calls.waitingRoom', needs: ['calls:host'], make: () => ({}) },
  {
    operation: 'calls.show',
    needs: ['calls:read'],
    make: async (place, _who, where) => ({ params: { id: (await place.call(place.chief, where)).visit } }),
  },
  {
    operation: 'calls.start',
    needs: ['calls:host'],
    make: async (place, who, where) => {
      const worker = where === 'near' ? localOr(place, who) : place.chief;
      return { params: { id: (await place.call(worker, where)).visit }, body: {} };
    },
  },
  ...['admit', 'refuse', 'byPhone', 'sendLink', 'revokeLink'].flatMap((act) => onSeat(`calls.${act}`)),
  {
    operation: 'calls.inviteGuest',
    needs: ['calls:host'],
    make: async (place, who, where) => {
      const worker = where === 'near' ? localOr(place, who) : place.chief;
      const { visit } = await place.call(worker, where);
      return { params: { id: visit }, body: { role: 'caseworker', email: 'gaest@example.dk' } };
    },
  },
  { operation: 'talks.list', needs: ['calls:host'], make: () => ({}) },
  ...onTalk('talks.propose', (place) => ({ ...place.nextTime(), acknowledge: [...visitWarnings] })),
  ...onTalk('talks.decline', () => ({})),
  byLink('callPage.open', { device }),
  byLink('callPage.watch', { device }),
  byLink('callPage.reportTests', { device, results: [] }),
  byLink('callPage.tryNetwork', { device }),
  byLink('callPage.wait', { device, canEncrypt: false, commitment: null }),
  byLink('callPage.revealKey', { device, publicKey: 'A'.repeat(87), nonce: 'A'.repeat(22) }),
  byLink('callPage.giveKeys', {
    device,
    keys: [{ seat: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11', hostKey: 'A'.repeat(87) }],
  }),
  byLink('callPage.admit', { device, seat: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11' }),
  byLink('callPage.enter', { device, encryption: 'end-to-end' }),
  byLink('callPage.leave', { device }),
  byLink('callPage.declareAlone', { device, alone: true }),
  byLink('callPage.tellCompany', { device, company: 'relative' }),
  byLink('callPage.reportTrouble', {
    device,
    step: 'no-sound',
    giveUp: true,
    diagnostics: {
      device: 'other',
      browser: 'other',
      browserVersion: null,
      codecs: [],
      roundTripMs: null,
      lossPercent: null,
      lastError: null,
    },
  }),
  { operation: 'callPage.keepPlan', needs: 'a link', make: () => ({ file: '%PDF-1.7' }) },
  byLink('callPage.readPlan', { device }),
  byLink('callPage.removePlan', { device }),
  byLink('callPage.readPhone', { device }),
  byLink('callPage.answerWorked', { device, worked: true }),
  byLink('callPage.finish', { device }),
  byLink('callPage.prepare', { device, agenda: 'Posten' }),
  byLink('callPage.answerProposal', { device, startsAt: '2026-11-24T09:00:00.000Z', answer: 'yes' }),
  byLink('callPage.showTalk', { device }),
  byLink('callPage.askTalk', { device, wishedAt: '2026-11-25T09:00:00.000Z' }),
  byLink('callPage.withdrawTalk', { device }),
  { operation: 'callPage.askNewLink', needs: 'nothing', make: () => ({ body: { phone: '99 99 99 99' } }) },
];
