import { expect, it } from 'vitest';
import { DomainError, describeError } from '../../kernel/errors.ts';
import { assertStep, type StepWish } from './rules.ts';

const refusalOf = (to: StepWish['to'], reason: StepWish['reason']): DomainError => {
  const soFar = {
    status: 'candidate',
    acquaintance: 'met',
    latestOn: '2026-11-01',
    today: '2026-11-24',
  } as const;
  try {
    assertStep(soFar, { to, reason, on: '2026-11-24' });
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the step was allowed');
};

it('a step that may not follow is refused in words, with the codes beside them', () => {
  const { code, params } = refusalOf('active', 'first-call-held');
  expect(params).toMatchObject({ from: 'candidate', to: 'active', allowed: 'offered, ended' });
  expect(describeError(code, params, 'da')).toEqual({
    what: 'Et forløb kan ikke gå fra »kandidat« til »i gang«.',
    next: 'Mulige næste skridt: tilbudt, afsluttet.',
  });
  expect(describeError(code, params, 'en').what).toBe('A course cannot go from "candidate" to "active".');
});

it('a reason that belongs elsewhere is refused in words, with the codes beside them', () => {
  const { code, params } = refusalOf('offered', 'died');
  expect(params).toMatchObject({ reason: 'died', to: 'offered' });
  const { what, next } = describeError(code, params, 'da');
  expect(what).toBe('Grunden »død« hører ikke til skridtet »tilbudt«.');
  expect(next).toBe('Mulige grunde: første samtale, medarbejderens forslag, borgerens ønske, tilbudt igen.');
});
