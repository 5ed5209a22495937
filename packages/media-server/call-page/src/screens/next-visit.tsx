import type { CallPage } from '@naer/core/contract/call-page';
import { useId } from 'react';
import { startUp } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { weeksLater } from '../texts/wall-clock.ts';
import { momentOf } from './talk.tsx';

/** When they speak again: not agreed on now, at an instant that is offered, or at a time that the host types. */
export type Next =
  | { readonly kind: 'none' }
  | { readonly kind: 'at'; readonly at: string }
  | { readonly kind: 'other'; readonly day: string; readonly time: string };

export interface NextVisitProps {
  readonly page: CallPage;
  readonly next: Next;
  readonly onNext: (next: Next) => void;
}

/** The same weekday and time is what most agree on; what is planned already is said, so that nothing is planned twice. */
export function NextVisit({ page, next, onNext }: NextVisitProps) {
  const texts = useTexts().finish;
  const language = useLanguage();
  const name = useId();
  const { visit } = page;
  const radio = (label: string, detail: string | null, chosen: boolean, choose: () => void) => (
    <label key={label} className="choice wide">
      <input type="radio" name={name} checked={chosen} onChange={choose} />
      <span>
        {label}
        {detail !== null && <small>{detail}</small>}
      </span>
    </label>
  );
  return (
    <div className="part">
      <fieldset className="choices stacked">
        <legend>{texts.next}</legend>
        {visit.next !== null && <p>{texts.has(momentOf(visit.next.startsAt, language))}</p>}
        {[1, 2].map((weeks) => {
          const at = weeksLater(visit.startsAt, weeks);
          const chosen = next.kind === 'at' && next.at === at;
          return radio(texts.weeks(weeks), startUp(momentOf(at, language)), chosen, () =>
            onNext({ kind: 'at', at }),
          );
        })}
        {radio(texts.otherTime, null, next.kind === 'other', () =>
          onNext({ kind: 'other', day: '', time: '' }),
        )}
        {radio(visit.next === null ? texts.none : texts.noMore, null, next.kind === 'none', () =>
          onNext({ kind: 'none' }),
        )}
      </fieldset>
      {next.kind === 'other' && (
        <div className="fields">
          <label className="field">
            <span>{texts.day}</span>
            <input
              type="date"
              value={next.day}
              onChange={(event) => onNext({ ...next, day: event.target.value })}
            />
          </label>
          <label className="field">
            <span>{texts.time}</span>
            <input
              type="time"
              step={300}
              value={next.time}
              onChange={(event) => onNext({ ...next, time: event.target.value })}
            />
          </label>
        </div>
      )}
    </div>
  );
}
