import type { TalkPage } from '@naer/core/contract/call-page';
import { useId, useState } from 'react';
import { clockOf, dayOf, isSameDay, type Language, phoneOf, startUp, timeOf } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Button, Notice, type Numbers } from './parts.tsx';

/** What became of the last thing that was pressed. */
export type TalkFault = 'none' | 'closed' | 'not-sent';

export interface TalkState {
  /** Null until it is known, and where nobody may ask. */
  readonly talk: TalkPage | null;
  readonly busy: boolean;
  readonly fault: TalkFault;
}

export interface TalkProps extends TalkState {
  readonly numbers: Numbers;
  /** They have not asked for it yet and see the times at once. */
  readonly open?: boolean;
  readonly onAsk: (wishedAt: string) => void;
  readonly onWithdraw: () => void;
}

/** "tirsdag den 1. december kl. 10.00". */
export const momentOf = (instant: string, language: Language): string =>
  `${dayOf(instant, language)} ${timeOf(instant, language)}`;

/** A citizen may ask for a talk, with the number for acute help in sight; nothing is there where nobody can be asked. */
export function Talk({ talk, busy, fault, numbers, open = false, onAsk, onWithdraw }: TalkProps) {
  const texts = useTexts().talk;
  const language = useLanguage();
  const [choosing, setChoosing] = useState(open);
  if (talk === null || (talk.asked === null && talk.times.length === 0)) return null;
  if (talk.asked !== null)
    return (
      <section className="part">
        <h2>{texts.asked}</h2>
        <p role="status">{texts.askedFor(talk.worker, momentOf(talk.asked.wishedAt, language))}</p>
        <Acute numbers={numbers} />
        <Fault fault={fault} />
        <div className="actions">
          <Button disabled={busy} onPress={onWithdraw}>
            {texts.withdraw}
          </Button>
        </div>
      </section>
    );
  if (!choosing)
    return (
      <section className="part">
        <h2>{texts.title}</h2>
        <div className="actions">
          <Button icon="chat" onPress={() => setChoosing(true)}>
            {texts.ask}
          </Button>
        </div>
        <Acute numbers={numbers} />
      </section>
    );
  return (
    <section className="part">
      <h2>{texts.lead(talk.worker)}</h2>
      <Acute numbers={numbers} />
      <Fault fault={fault} />
      <ChooseTime
        times={talk.times}
        legend={texts.choose}
        send={texts.send}
        back={texts.back}
        busy={busy}
        onSend={onAsk}
        onBack={() => setChoosing(false)}
      />
      <p className="quiet-text">{texts.how(talk.worker)}</p>
    </section>
  );
}

/** Stands wherever somebody may ask: a talk is never in place of acute help. */
export function Acute({ numbers }: { readonly numbers: Numbers }) {
  const texts = useTexts().talk;
  return (
    <p className="acute">
      {numbers.acutePhone === null ? texts.acuteNoNumber : texts.acute(phoneOf(numbers.acutePhone))}
    </p>
  );
}

function Fault({ fault }: { readonly fault: TalkFault }) {
  const texts = useTexts().talk;
  if (fault === 'none') return null;
  return (
    <Notice tone="warn">
      <p>{fault === 'closed' ? texts.closed : texts.notSent}</p>
    </Notice>
  );
}

export interface ChooseTimeProps {
  readonly times: readonly string[];
  readonly legend: string;
  readonly send: string;
  readonly back: string;
  readonly busy: boolean;
  readonly onSend: (time: string) => void;
  readonly onBack: () => void;
}

/** A handful of times under their days; one is chosen, and then sent. */
export function ChooseTime({ times, legend, send, back, busy, onSend, onBack }: ChooseTimeProps) {
  const language = useLanguage();
  const name = useId();
  const [given, setGiven] = useState<string | null>(null);
  // One that is gone meanwhile is chosen no more.
  const chosen = given !== null && times.includes(given) ? given : null;
  const days = times.filter((time, n) => n === 0 || !isSameDay(time, times[n - 1] ?? time));
  return (
    <>
      <fieldset className="times">
        <legend>{legend}</legend>
        {days.map((day) => (
          <div key={day} className="times-day">
            <p>{startUp(dayOf(day, language))}</p>
            <div className="choices">
              {times
                .filter((time) => isSameDay(time, day))
                .map((time) => (
                  <label key={time} className="choice">
                    <input
                      type="radio"
                      name={name}
                      checked={chosen === time}
                      aria-label={startUp(momentOf(time, language))}
                      onChange={() => setGiven(time)}
                    />
                    <span>{startUp(clockOf(time, language))}</span>
                  </label>
                ))}
            </div>
          </div>
        ))}
      </fieldset>
      <div className="actions">
        <Button
          look="primary"
          disabled={busy || chosen === null}
          onPress={() => chosen !== null && onSend(chosen)}
        >
          {send}
        </Button>
        <Button look="quiet" onPress={onBack}>
          {back}
        </Button>
      </div>
    </>
  );
}
