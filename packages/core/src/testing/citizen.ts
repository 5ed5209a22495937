import { type RegisterCitizen, registerCitizen } from '../contract/index.ts';

export type CitizenWish = Omit<Partial<RegisterCitizen>, 'identity'> & {
  readonly identity?: Partial<RegisterCitizen['identity']>;
};

let references = 0;

/** A citizen who is good to register, with what a test cares about. */
export function aCitizen(wish: CitizenWish = {}): RegisterCitizen {
  references += 1;
  const base = registerCitizen.parse({
    identity: {
      reference: `${200_000 + references}`,
      name: 'Lærke Krogh',
      phone: '20 00 00 00',
      email: 'laerke@example.dk',
      address: 'Nygade 1, 8800 Viborg',
    },
    legalBasis: 'SEL § 85',
    granted: { minutes: 120, per: 'week' },
  });
  return { ...base, ...wish, identity: { ...base.identity, ...wish.identity } };
}
