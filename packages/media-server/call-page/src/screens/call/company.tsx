import type { CallPage } from '@naer/core/contract/call-page';
import { type ParticipantKind, participantKinds } from '@naer/core/contract/visit-codes';
import { useTexts } from '../../texts/index.ts';

/** Who else is in the room with the citizen: said by the citizen or the host, seen by everybody. */
export function Company({
  page,
  onTell,
}: {
  readonly page: CallPage;
  readonly onTell: (company: ParticipantKind | null) => void;
}) {
  const texts = useTexts().company;
  const own = page.me.kind === 'citizen';
  return (
    <label className="field">
      {own ? texts.askCitizen : texts.askHost}
      <select
        value={page.company ?? ''}
        onChange={({ target }) => onTell(participantKinds.find((kind) => kind === target.value) ?? null)}
      >
        <option value="">{own ? texts.nobodyHere : texts.nobodyThere}</option>
        {participantKinds.map((kind) => (
          <option key={kind} value={kind}>
            {texts.who[kind]}
          </option>
        ))}
      </select>
      <small>{texts.seen}</small>
    </label>
  );
}
