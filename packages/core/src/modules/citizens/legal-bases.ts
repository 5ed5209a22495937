import { DomainError } from '../../kernel/errors.ts';
import { type ChangeEvents, type ReadTx, type Tx, violatedConstraint } from '../../storage/index.ts';
import { type Actor, assertAllowed, identityPolicy } from '../identity/index.ts';

/** What support is granted under when a municipality begins; it adds its own. SEL: serviceloven, LAB: lov om en aktiv beskæftigelsesindsats. */
const firstLegalBases = [
  { code: 'SEL § 82 b', label: 'Individuel tidsbegrænset socialpædagogisk hjælp' },
  { code: 'SEL § 85', label: 'Socialpædagogisk støtte i eget hjem' },
  { code: 'SEL § 107', label: 'Midlertidigt botilbud' },
  { code: 'SEL § 108', label: 'Længerevarende botilbud' },
  { code: 'LAB § 78', label: 'Mentorstøtte' },
];

/** Called once, in the transaction that creates a municipality. */
export async function seedLegalBases(tx: Tx, municipalityId: string): Promise<void> {
  await tx.legalBasis.createMany({ data: firstLegalBases.map((basis) => ({ municipalityId, ...basis })) });
}

export const listLegalBases = (tx: ReadTx): Promise<{ readonly code: string; readonly label: string }[]> =>
  tx.legalBasis.findMany({ select: { code: true, label: true }, orderBy: { code: 'asc' } });

/** @throws DomainError not_found, with those there are in the details */
export async function assertLegalBasis(tx: ReadTx, code: string): Promise<void> {
  const known = (await listLegalBases(tx)).map((basis) => basis.code);
  if (!known.includes(code))
    throw new DomainError('not_found', { kind: 'legal basis' }, { details: { allowed: known } });
}

export const createLegalBases = ({ changes }: { readonly changes: ChangeEvents }) => ({
  /** @throws DomainError already_exists */
  add: async (
    tx: Tx,
    actor: Actor,
    basis: { readonly code: string; readonly label: string },
  ): Promise<string> => {
    assertAllowed(identityPolicy, actor, 'municipality:write');
    await tx.legalBasis
      .create({ data: { municipalityId: actor.municipalityId, ...basis } })
      .catch((error: unknown) => {
        if (violatedConstraint(error) === 'legal_basis_pkey')
          throw new DomainError('already_exists', { kind: 'legal basis', name: basis.code });
        throw error;
      });
    await changes.append(tx, { type: 'legal-basis.added', entity: { kind: 'legal-basis', id: basis.code } });
    return basis.code;
  },
});
