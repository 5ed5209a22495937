import type { CallPage } from '@naer/core/contract/call-page';
import { purposeWords } from '@naer/core/contract/visit-words';
import { useId, useState } from 'react';
import { startUp } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Button } from './parts.tsx';

export interface AgendaProps {
  readonly page: CallPage;
  /** Whether it was taken. */
  readonly onSave: (agenda: string | null) => Promise<boolean>;
  readonly editing?: boolean;
}

/** What the host prepares: the purposes that the visit was planned for, and the points to speak of. */
export function Agenda({ page, onSave, editing: open = false }: AgendaProps) {
  const texts = useTexts().agenda;
  const language = useLanguage();
  const { agenda, purposes } = page.visit;
  const [editing, setEditing] = useState(open);
  const [given, setGiven] = useState(agenda ?? '');
  const [state, setState] = useState<'none' | 'saving' | 'failed'>('none');
  const id = useId();
  const save = async () => {
    setState('saving');
    const taken = await onSave(given.trim() === '' ? null : given.trim());
    setState(taken ? 'none' : 'failed');
    if (taken) setEditing(false);
  };
  return (
    <section className="part">
      <h2>{texts.title}</h2>
      {purposes.length > 0 && (
        <p>
          <span className="strong">{texts.purposes}:</span>{' '}
          {purposes.map((purpose) => purposeWords[purpose][language === 'da' ? 0 : 1]).join(', ')}
        </p>
      )}
      {editing ? (
        <>
          <label className="field">
            <span>{texts.label}</span>
            <textarea
              rows={4}
              maxLength={2000}
              value={given}
              onChange={(event) => setGiven(event.target.value)}
              aria-describedby={id}
            />
          </label>
          <p id={id} className={state === 'failed' ? 'wrong' : 'quiet-text'} role="status">
            {state === 'failed' ? texts.notSaved : texts.lead}
          </p>
          <div className="actions row">
            <Button look="primary" disabled={state === 'saving'} onPress={() => void save()}>
              {texts.save}
            </Button>
            <Button onPress={() => setEditing(false)}>{texts.cancel}</Button>
          </div>
        </>
      ) : (
        <>
          {agenda !== null && <p className="as-written">{agenda}</p>}
          <div className="actions">
            <Button
              onPress={() => {
                setGiven(agenda ?? '');
                setState('none');
                setEditing(true);
              }}
            >
              {agenda === null ? texts.edit : startUp(texts.change)}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
