import type { TroubleStep } from '@naer/core/contract/call-codes';
import type { CallPage } from '@naer/core/contract/call-page';
import { useEffect, useState } from 'react';
import type { Platform } from '../device/codes.ts';
import { adviceFor } from '../texts/advice.ts';
import { clockOf, timeOf } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Button, Notice, type Numbers, Screen, useNow } from './parts.tsx';
import { type Agreed, agreedOf, ruleOf } from './rules.tsx';

export interface WaitingProps {
  readonly page: CallPage;
  readonly aheadMs: number;
  /** The sound that calls would be heard now. */
  readonly isAudible: boolean;
  readonly onSound: () => void;
  readonly onTrouble: () => void;
  readonly onLeave: () => void;
}

/** How long after the planned start the worker counts as late. */
const lateMs = 60_000;

/** Who waits since when, for whom, and what happens next: nothing promised that may not come. */
export function Waiting({ page, aheadMs, isAudible, onSound, onTrouble, onLeave }: WaitingProps) {
  const texts = useTexts();
  const language = useLanguage();
  const { visit, me, seats } = page;
  const now = useNow(true, aheadMs);
  const hostIsHere = seats.some(({ kind, present }) => kind === 'worker' && present);
  const startsAt = Date.parse(visit.startsAt);
  // Who came late themselves has nobody to wait for that is late.
  const since = Math.max(startsAt, me.waitingSince === null ? startsAt : Date.parse(me.waitingSince));
  const isLate = now > since + lateMs;
  const isOver = now > Date.parse(visit.endsAt);
  return (
    <Screen
      title={texts.waiting.title}
      eyebrow={me.waitingSince === null ? undefined : texts.waiting.since(clockOf(me.waitingSince, language))}
      numbers={page}
      actions={
        <>
          <Button icon="loudspeaker" onPress={onSound}>
            {texts.waiting.soundTest}
          </Button>
          <Button onPress={onTrouble}>{texts.waiting.doesNotWork}</Button>
          <Button look="quiet" onPress={onLeave}>
            {texts.waiting.leave}
          </Button>
        </>
      }
    >
      <div className="breath" aria-hidden="true">
        <span />
        <span />
      </div>
      <div role="status">
        <p className="lead">
          {hostIsHere
            ? texts.waiting.workerHere(visit.worker)
            : isOver
              ? texts.waiting.over(timeOf(visit.endsAt, language))
              : isLate
                ? texts.waiting.late(visit.worker)
                : texts.waiting.soon(visit.worker)}
        </p>
      </div>
      <p>
        {hostIsHere
          ? texts.waiting.workerKnows(visit.worker)
          : !isOver && texts.waiting.workerWillSee(visit.worker)}
        {now < startsAt + lateMs && ` ${texts.waiting.planned(timeOf(visit.startsAt, language))}`}
      </p>
      <Notice icon="loudspeaker">
        <p>{isAudible ? texts.waiting.putDown : texts.waiting.tapForSound}</p>
      </Notice>
      <p className="quiet-text">{texts.waiting.reload}</p>
      <p className="quiet-text">{ruleOf(agreedOf(page), texts)}</p>
    </Screen>
  );
}

export interface LettingInProps {
  readonly numbers: Numbers;
  readonly canEncrypt: boolean;
  readonly agreed: Agreed;
  /** What keeps one from coming in, while it is tried on and on. */
  readonly trouble: TroubleStep | null;
  readonly platform: Platform;
  readonly onGiveUp: () => void;
  readonly onHangUp: () => void;
}

/** After this it is said that it takes long, with what else can be done. */
const longMs = 10_000;

/** Whoever is on the way in may turn round at any time, however little comes through. */
export function LettingIn(props: LettingInProps) {
  const { numbers, canEncrypt, agreed, trouble, platform, onGiveUp, onHangUp } = props;
  const texts = useTexts();
  const language = useLanguage();
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), longMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Screen
      title={texts.lettingIn.title}
      numbers={numbers}
      actions={
        <>
          {(trouble !== null || isLong) && <Button onPress={onGiveUp}>{texts.call.doesNotWork}</Button>}
          <Button look="quiet" onPress={onHangUp}>
            {texts.call.hangUp}
          </Button>
        </>
      }
    >
      <div className="breath quick" aria-hidden="true">
        <span />
        <span />
      </div>
      {trouble === null && <p className="lead">{texts.lettingIn.lead}</p>}
      {trouble === null ? (
        canEncrypt && <p className="quiet-text">{texts.lettingIn.keys}</p>
      ) : (
        <Notice tone="warn">
          <p className="strong">{texts.trouble[trouble]}</p>
          <p>{texts.lettingIn.again}</p>
          {trouble === 'network-blocked' && <p>{adviceFor('use-other-network', platform, language)}</p>}
          <p>{ruleOf(agreed, texts)}</p>
        </Notice>
      )}
      {trouble === null && isLong && (
        <Notice>
          <p>{texts.lettingIn.long}</p>
          <p>{ruleOf(agreed, texts)}</p>
        </Notice>
      )}
    </Screen>
  );
}

export function Refused({ numbers }: { readonly numbers: Numbers }) {
  const texts = useTexts().refused;
  return (
    <Screen title={texts.title} numbers={numbers}>
      <p className="lead">{texts.lead}</p>
    </Screen>
  );
}
