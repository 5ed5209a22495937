import type { CallPage } from '@naer/core/contract/call-page';
import { dayOf, isSameDay, spanOf, startUp, timeOf } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Agenda } from './agenda.tsx';
import { Icon } from './icons.tsx';
import { Button, Notice, Screen, useNow } from './parts.tsx';
import { agreedOf, rulesOf } from './rules.tsx';
import { Talk, type TalkProps } from './talk.tsx';

export interface WelcomeProps {
  readonly page: CallPage;
  /** By how much the service's clock is ahead of this device's. */
  readonly aheadMs: number;
  /** Everything was tried already in this page's life. */
  readonly tested: boolean;
  readonly busy: boolean;
  /** They have just said yes to this time. */
  readonly agreed: boolean;
  /** For a citizen who is early. */
  readonly talk: TalkProps | null;
  readonly onPrepare: (agenda: string | null) => Promise<boolean>;
  readonly onEnter: () => void;
  readonly onTest: () => void;
}

/** Who, when, and what happens if it fails; then in, or a test first. */
export function Welcome(props: WelcomeProps) {
  const { page, aheadMs, tested, busy, agreed, talk, onPrepare, onEnter, onTest } = props;
  const texts = useTexts();
  const language = useLanguage();
  const { visit, me } = page;
  const now = useNow(true, aheadMs);
  const opensIn = Date.parse(visit.opensAt) - now;
  const early = opensIn > 0 && !me.isHost;
  const day = isSameDay(now, visit.startsAt) ? texts.welcome.today : dayOf(visit.startsAt, language);
  const enter = (
    <Button look="primary" key="enter" onPress={onEnter} disabled={early || busy}>
      {me.isHost ? texts.welcome.enterAsHost : texts.welcome.enter}
    </Button>
  );
  const test = (
    <Button key="test" look={early && !tested ? 'primary' : 'plain'} onPress={onTest}>
      {texts.welcome.test}
    </Button>
  );
  return (
    <Screen
      eyebrow={texts.welcome.hello}
      title={me.isHost ? texts.welcome.asHost : texts.welcome.with(visit.worker)}
      numbers={page}
      actions={early ? [test, talk !== null && <Talk key="talk" {...talk} />] : [enter, test]}
    >
      <p className="when">
        <Icon name="clock" />
        <span>
          {startUp(day)} {timeOf(visit.startsAt, language)}
        </span>
      </p>
      {agreed && (
        <Notice tone="good">
          <p>{texts.proposal.agreed}</p>
        </Notice>
      )}
      {me.isHost && <p>{texts.welcome.asHostWith}</p>}
      {!me.isHost && now > Date.parse(visit.endsAt) && (
        <Notice icon="clock">
          <p>{texts.welcome.over(timeOf(visit.endsAt, language))}</p>
        </Notice>
      )}
      {early && (
        <div className="notice calm">
          <Icon name="clock" />
          <div>
            <p className="count" role="timer">
              {texts.welcome.opensIn(spanOf(opensIn, language))}
            </p>
            <p>
              {isSameDay(now, visit.opensAt)
                ? texts.welcome.opensAt(timeOf(visit.opensAt, language))
                : texts.welcome.opensAnotherDay(
                    `${dayOf(visit.opensAt, language)} ${timeOf(visit.opensAt, language)}`,
                  )}
            </p>
          </div>
        </div>
      )}
      {!early && tested && (
        <Notice tone="good">
          <p>{texts.test.doneTitle}.</p>
        </Notice>
      )}
      {me.isHost && <Agenda page={page} onSave={onPrepare} />}
      {!me.isHost && visit.agenda !== null && (
        <section className="part">
          <h2>{texts.welcome.aim}</h2>
          <p className="as-written">{visit.agenda}</p>
        </section>
      )}
      <section className="part">
        <h2>{texts.welcome.rulesTitle}</h2>
        {rulesOf(agreedOf(page), texts).map((line) => (
          <p key={line}>{line}</p>
        ))}
        {!me.isHost && <p>{texts.welcome.hangUp}</p>}
        <p>{texts.welcome.notRecorded}</p>
      </section>
    </Screen>
  );
}
