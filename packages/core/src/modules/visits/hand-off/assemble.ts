import type { HandOffDocument } from '../../../contract/index.ts';
import { purposeWords, topicWords } from '../../../contract/visit-words.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { Identities } from '../../citizens/index.ts';
import { getOwnMunicipality } from '../../identity/index.ts';
import { minutesByKind, nameParticipants, spanOf, writeDocument } from './document.ts';
import { type HandOffRow, readFacts } from './store.ts';

/**
 * The documents of these hand-offs, made of what their visits now are and of what lies in the vault: the case number and
 * the note. Of erased citizens there is none. Nothing is logged here; who asks for it does that.
 */
export async function assembleDocuments(
  tx: ReadTx,
  identities: Identities,
  municipalityId: string,
  rows: readonly HandOffRow[],
): Promise<HandOffDocument[]> {
  const facts = await readFacts(
    tx,
    rows.map((row) => row.visitId),
  );
  const sealed = await identities.readSealed(tx, [...new Set(rows.map((row) => row.citizenId))]);
  // Invented visits that found their way into a real case system must be known there for what they are.
  const mark = (await getOwnMunicipality(tx)).isDemo ? 'DEMODATA, opdigtet. ' : '';
  const documents: HandOffDocument[] = [];
  for (const { visitId, revision, citizenId, citizen, worker } of rows) {
    const [visit, vaulted] = [facts.get(visitId), sealed.get(citizenId)];
    if (visit === undefined || vaulted === undefined) continue;
    const { identity } = await identities.open(municipalityId, vaulted);
    const note =
      visit.sealedNote === null
        ? null
        : await identities.openNote(tx, municipalityId, citizenId, visitId, visit.sealedNote);
    const { startsAt, endsAt } = spanOf({ ...visit, revision });
    documents.push({
      visit: visitId,
      revision,
      citizen,
      reference: identity.reference,
      worker,
      channel: visit.channel,
      outcome: visit.outcome,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      minutes: minutesByKind(visit.parts),
      purposes: visit.purposes.map((code) => purposeWords[code][0]),
      topics: visit.topics.map((code) => topicWords[code][0]),
      participants: nameParticipants(visit.participants),
      text: `${mark}${writeDocument({ ...visit, revision })}`,
      note,
    });
  }
  return documents;
}
