import type { CallPage } from '@naer/core/contract/calls';
import { type VisitTopic, visitTopics } from '@naer/core/contract/visit-codes';
import { topicWords } from '@naer/core/contract/visit-words';
import { useState } from 'react';
import { startUp } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { NextTime } from './failed.tsx';
import { Button, Notice, Screen } from './parts.tsx';

export interface AfterProps {
  readonly page: CallPage;
  /** They hung up themselves, and the call goes on: they may come back. */
  readonly mayGoBack: boolean;
  readonly hungUp: boolean;
  /** The one question: still open, or not asked again. */
  readonly asked: 'open' | 'answered' | 'skipped';
  readonly onWorked: (worked: boolean | null) => void;
  readonly onGoBack: () => void;
}

/** Nobody is asked why it ended. One question, to be skipped by doing nothing. */
export function After({ page, mayGoBack, hungUp, asked, onWorked, onGoBack }: AfterProps) {
  const texts = useTexts();
  const { after } = texts;
  return (
    <Screen
      title={hungUp ? after.hungUp : after.title}
      numbers={page}
      actions={mayGoBack ? <Button onPress={onGoBack}>{after.goBack}</Button> : undefined}
    >
      <p className="lead">{hungUp ? after.hungUpLead : after.thanks}</p>
      {page.visit.next === null ? (
        page.me.kind === 'citizen' && <p>{after.noNext(page.visit.worker)}</p>
      ) : (
        <NextTime page={page} />
      )}
      {asked === 'answered' && (
        <Notice tone="good">
          <p>{after.noted}</p>
        </Notice>
      )}
      {asked === 'open' && (
        <section className="part">
          <h2>{after.worked}</h2>
          <div className="actions row">
            <Button onPress={() => onWorked(true)}>{after.yes}</Button>
            <Button onPress={() => onWorked(false)}>{after.no}</Button>
            <Button look="quiet" onPress={() => onWorked(null)}>
              {texts.page.skip}
            </Button>
          </div>
        </section>
      )}
      <p className="quiet-text">{after.closePage}</p>
    </Screen>
  );
}

export interface FinishProps {
  readonly page: CallPage;
  /** Whole minutes from who was in when. */
  readonly suggestedMinutes: number;
  readonly mayGoBack: boolean;
  readonly busy: boolean;
  readonly failed: boolean;
  readonly onFinish: (end: { readonly topics: readonly VisitTopic[]; readonly minutes?: number }) => void;
  readonly onGoBack: () => void;
}

/** Three taps for the host: hang up, a topic, done. */
export function Finish({ page, suggestedMinutes, mayGoBack, busy, failed, onFinish, onGoBack }: FinishProps) {
  const texts = useTexts();
  const language = useLanguage();
  const [topics, setTopics] = useState<readonly VisitTopic[]>([]);
  const [given, setGiven] = useState<number | null>(null);
  const minutes = given ?? suggestedMinutes;
  const toggle = (topic: VisitTopic) =>
    setTopics(topics.includes(topic) ? topics.filter((each) => each !== topic) : [...topics, topic]);
  const change = (by: number) => setGiven(Math.min(720, Math.max(0, minutes + by)));
  return (
    <Screen
      title={texts.host.finishTitle}
      numbers={page}
      actions={
        <>
          <Button
            look="primary"
            disabled={busy}
            onPress={() => onFinish({ topics, ...(given === null ? {} : { minutes: given }) })}
          >
            {texts.host.done}
          </Button>
          {mayGoBack && <Button onPress={onGoBack}>{texts.host.backToCall}</Button>}
        </>
      }
    >
      <fieldset className="chips">
        <legend>{texts.host.finishLead}</legend>
        {visitTopics.map((topic) => (
          <label key={topic} className="chip">
            <input type="checkbox" checked={topics.includes(topic)} onChange={() => toggle(topic)} />
            <span>{startUp(topicWords[topic][language === 'da' ? 0 : 1])}</span>
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
      {failed && (
        <Notice tone="warn">
          <p>{texts.linkNotValid.notSent}</p>
        </Notice>
      )}
    </Screen>
  );
}

export function Finished({ page }: { readonly page: CallPage }) {
  const texts = useTexts().host;
  return (
    <Screen title={texts.finished} numbers={page}>
      <p className="lead">{texts.finishedLead}</p>
      <NextTime page={page} />
    </Screen>
  );
}
