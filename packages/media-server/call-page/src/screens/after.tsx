import type { CallPage } from '@naer/core/contract/call-page';
import { useTexts } from '../texts/index.ts';
import { NextTime } from './failed.tsx';
import { Button, Notice, Screen } from './parts.tsx';
import { Talk, type TalkProps } from './talk.tsx';

export interface AfterProps {
  readonly page: CallPage;
  /** They left themselves, and the call goes on, or is still to begin: they may come back. */
  readonly mayGoBack: boolean;
  /** What they left themselves. */
  readonly left: 'none' | 'waiting-room' | 'call';
  /** The one question: still open, or not asked again. */
  readonly asked: 'open' | 'answered' | 'skipped';
  /** For a citizen. */
  readonly talk: TalkProps | null;
  readonly onWorked: (worked: boolean | null) => void;
  readonly onGoBack: () => void;
}

/** Nobody is asked why it ended. One question, to be skipped by doing nothing. */
export function After({ page, mayGoBack, left, asked, talk, onWorked, onGoBack }: AfterProps) {
  const texts = useTexts();
  const { after } = texts;
  return (
    <Screen
      title={left === 'none' ? after.title : left === 'call' ? after.hungUp : after.leftWaiting}
      numbers={page}
      actions={
        mayGoBack ? (
          <Button onPress={onGoBack}>{left === 'call' ? after.goBack : after.waitAgain}</Button>
        ) : undefined
      }
    >
      <p className="lead">{left === 'none' ? after.thanks : after.hungUpLead}</p>
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
      {talk !== null && <Talk {...talk} />}
      <p className="quiet-text">{after.closePage}</p>
    </Screen>
  );
}
