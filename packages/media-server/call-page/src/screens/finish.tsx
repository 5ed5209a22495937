import type { CallPage } from '@naer/core/contract/call-page';
import {
  type FutileReason,
  futileReasons,
  type VisitTopic,
  visitTopics,
} from '@naer/core/contract/visit-codes';
import { endReasonWords, topicWords } from '@naer/core/contract/visit-words';
import { type ReactNode, useId, useState } from 'react';
import type { Finish as FinishWish } from '../api.ts';
import type { RequestFailure } from '../request-failure.ts';
import { startUp } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { instantAt } from '../texts/wall-clock.ts';
import { NextTime } from './failed.tsx';
import { type Next, NextVisit } from './next-visit.tsx';
import { Button, Notice, Screen } from './parts.tsx';

export interface FinishProps {
  readonly page: CallPage;
  /** Whole minutes from who was in when. */
  readonly suggestedMinutes: number;
  readonly mayGoBack: boolean;
  readonly busy: boolean;
  /** Why it was not taken; what was chosen stays. */
  readonly failure: RequestFailure | null;
  readonly onFinish: (end: FinishWish) => void;
  readonly onGoBack: () => void;
}

/** Three taps for the host: a topic, the next visit, done. What became of it and how long it took is suggested. */
export function Finish({
  page,
  suggestedMinutes,
  mayGoBack,
  busy,
  failure,
  onFinish,
  onGoBack,
}: FinishProps) {
  const texts = useTexts();
  const language = useLanguage();
  const word = language === 'da' ? 0 : 1;
  const nobodyCame =
    suggestedMinutes === 0 &&
    page.seats.every(({ id, state }) => id === page.me.seat || state === 'invited' || state === 'waiting');
  const [futile, setFutile] = useState(nobodyCame);
  const [reason, setReason] = useState<FutileReason>('no-answer');
  const [topics, setTopics] = useState<readonly VisitTopic[]>([]);
  const [given, setGiven] = useState<number | null>(null);
  const [next, setNext] = useState<Next>({ kind: 'none' });
  const [wrong, setWrong] = useState<string | null>(null);
  const minutes = given ?? suggestedMinutes;
  const toggle = (topic: VisitTopic) =>
    setTopics(topics.includes(topic) ? topics.filter((each) => each !== topic) : [...topics, topic]);
  const change = (by: number) => setGiven(Math.min(720, Math.max(0, minutes + by)));
  const finish = () => {
    const at = next.kind === 'other' ? instantAt(next.day, next.time) : next.kind === 'at' ? next.at : null;
    if (next.kind === 'other' && at === null) return setWrong(texts.finish.timeMissing);
    if (at !== null && Date.parse(at) <= Date.now()) return setWrong(texts.finish.timePast);
    setWrong(null);
    const what = futile
      ? { outcome: 'futile' as const, reason, topics: [] }
      : { topics, ...(given === null ? {} : { minutes: given }) };
    onFinish({ ...what, ...(at === null ? {} : { next: at }) });
  };
  const said = wrong ?? (failure === null ? null : refusalOf(failure, texts, language));
  return (
    <Screen
      title={texts.host.finishTitle}
      numbers={page}
      actions={
        <>
          {said !== null && (
            <Notice tone="warn">
              <p>{said}</p>
            </Notice>
          )}
          <Button look="primary" disabled={busy} onPress={finish}>
            {texts.host.done}
          </Button>
          {mayGoBack && <Button onPress={onGoBack}>{texts.host.backToCall}</Button>}
        </>
      }
    >
      <Choice
        legend={texts.finish.outcome}
        choices={[
          [false, texts.finish.held],
          [true, texts.finish.futile],
        ]}
        chosen={futile}
        onChoose={setFutile}
      />
      {futile ? (
        <Choice
          legend={texts.finish.reason}
          look="chips"
          choices={futileReasons.map((each) => [each, startUp(endReasonWords[each][word])])}
          chosen={reason}
          onChoose={setReason}
        />
      ) : (
        <>
          <fieldset className="chips">
            <legend>{texts.host.finishLead}</legend>
            {visitTopics.map((topic) => (
              <label key={topic} className="chip">
                <input type="checkbox" checked={topics.includes(topic)} onChange={() => toggle(topic)} />
                <span>{startUp(topicWords[topic][word])}</span>
              </label>
            ))}
          </fieldset>
          <div className="part">
            <h2 id="minutes">{texts.host.minutes}</h2>
            <fieldset className="stepper" aria-labelledby="minutes">
              <button type="button" className="round" aria-label={texts.host.less} onClick={() => change(-1)}>
                −
              </button>
              <output aria-live="polite">{minutes}</output>
              <button
                type="button"
                className="round"
                aria-label={texts.host.moreMinutes}
                onClick={() => change(1)}
              >
                +
              </button>
            </fieldset>
            <p className="quiet-text">{texts.host.minutesLead}</p>
          </div>
        </>
      )}
      <NextVisit
        page={page}
        next={next}
        onNext={(chosen) => {
          setNext(chosen);
          setWrong(null);
        }}
      />
    </Screen>
  );
}

/** One of a few, side by side. */
function Choice<Value extends string | boolean>({
  legend,
  choices,
  chosen,
  look = 'choices',
  onChoose,
}: {
  readonly legend: string;
  readonly choices: readonly (readonly [value: Value, label: string])[];
  readonly chosen: Value;
  readonly look?: 'choices' | 'chips';
  readonly onChoose: (value: Value) => void;
}): ReactNode {
  const name = useId();
  return (
    <fieldset className={look}>
      <legend>{legend}</legend>
      {choices.map(([value, label]) => (
        <label key={label} className={look === 'chips' ? 'chip' : 'choice'}>
          <input type="radio" name={name} checked={chosen === value} onChange={() => onChoose(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Says what to do about it; the service's own words name what is missing, and when there is time. */
function refusalOf(
  { code, params }: RequestFailure,
  texts: ReturnType<typeof useTexts>,
  language: 'da' | 'en',
): string {
  const word = (name: string): string => String(params[`${name}_${language}`] ?? '');
  switch (code) {
    case 'hold_refused':
      return texts.finish.taken(word('missing'), word('nearest'));
    case 'outside_working_hours':
    case 'visit_past':
    case 'booking_too_far':
      return texts.finish.nextRefused;
    case 'visit_warnings':
      return texts.finish.warned(word('warnings'));
    case 'visit_times':
      return texts.finish.nobodyCame;
    case 'visit_state':
      return texts.finish.notNow;
    default:
      return texts.linkNotValid.notSent;
  }
}

export interface FinishedProps {
  readonly page: CallPage;
  /** Null once the host has said what it was about. */
  readonly onAdd: (() => void) | null;
}

export function Finished({ page, onAdd }: FinishedProps) {
  const texts = useTexts().host;
  return (
    <Screen
      title={texts.finished}
      numbers={page}
      actions={onAdd === null ? undefined : <Button onPress={onAdd}>{texts.addTopics}</Button>}
    >
      <p className="lead">{texts.finishedLead}</p>
      <NextTime page={page} />
    </Screen>
  );
}
