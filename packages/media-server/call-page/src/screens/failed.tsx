import type { CallPage } from '@naer/core/contract/call-page';
import { useState } from 'react';
import { clockOf, dayOf, isSameDay, phoneOf, spanOf, startUp, timeOf } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Icon } from './icons.tsx';
import { Button, PhoneButton, Screen, useNow } from './parts.tsx';

export interface FailedProps {
  /** Its `failure` says what was agreed. */
  readonly page: CallPage;
  readonly failure: NonNullable<CallPage['failure']>;
  readonly aheadMs: number;
  /** Reads the number, which is logged; null where there is none. */
  readonly onReadPhone: () => Promise<string | null>;
}

/** Technology gave up: what was agreed happens now, and when. */
export function Failed({ page, failure, aheadMs, onReadPhone }: FailedProps) {
  const texts = useTexts();
  const language = useLanguage();
  const { me, visit, groundRules } = page;
  const now = useNow(true, aheadMs);
  const left = Date.parse(failure.phonesBy) - now;
  const isParty = me.isHost || me.kind === 'citizen';
  const what = !isParty
    ? texts.failed.guest
    : me.isHost
      ? failure.caller === 'worker'
        ? texts.failed.hostPhones
        : texts.failed.hostIsPhoned
      : failure.caller === 'worker'
        ? texts.failed.workerPhones(visit.worker, groundRules.phoneEnds)
        : texts.failed.citizenPhones(visit.worker);
  const isPhoned = isParty && me.isHost === (failure.caller === 'citizen');
  return (
    <Screen title={me.isHost ? texts.failed.hostTitle : texts.failed.title} numbers={page}>
      <p>{me.isHost ? texts.failed.cause[failure.step] : texts.failed.lead}</p>
      <p className="lead strong">{what}</p>
      {isParty && (
        <div className="notice calm">
          <Icon name="phone" />
          <div>
            {left > 0 ? (
              <>
                <p>{texts.failed.within(clockOf(failure.phonesBy, language))}</p>
                <p className="count" role="timer">
                  {texts.failed.countdown(spanOf(left, language))}
                </p>
              </>
            ) : (
              <p className="strong" role="status">
                {isPhoned ? `${texts.failed.overdue} ${texts.failed.overdueLead}` : texts.failed.phoneNow}
              </p>
            )}
          </div>
        </div>
      )}
      {me.isHost && (
        <div className="actions">
          <ReadNumber onRead={onReadPhone} />
        </div>
      )}
      {isPhoned && left <= 0 && page.helpPhone !== null && !me.isHost && (
        <PhoneButton number={page.helpPhone} />
      )}
      {isPhoned && <p>{texts.failed.keepPhone}</p>}
      {isParty && <p>{texts.speakAgain[failure.speakAgain]}</p>}
      {isParty && <NextTime page={page} />}
      <p className="quiet-text">{texts.failed.told}</p>
    </Screen>
  );
}

function ReadNumber({ onRead }: { readonly onRead: () => Promise<string | null> }) {
  const texts = useTexts().failed;
  const [number, setNumber] = useState<string | null | undefined>(undefined);
  if (number === undefined)
    return (
      <>
        <Button look="primary" icon="phone" onPress={() => void onRead().then(setNumber)}>
          {texts.showNumber}
        </Button>
        <p className="quiet-text">{texts.numberLogged}</p>
      </>
    );
  if (number === null) return <p role="status">{texts.noNumber}</p>;
  return (
    <>
      <p className="code" role="status">
        {phoneOf(number)}
      </p>
      <PhoneButton number={number} />
    </>
  );
}

/** When they speak again, where it is planned. */
export function NextTime({ page }: { readonly page: CallPage }) {
  const texts = useTexts().after;
  const language = useLanguage();
  const { next } = page.visit;
  if (next === null) return null;
  const day = isSameDay(next.startsAt, page.now) ? null : dayOf(next.startsAt, language);
  return (
    <div className="next-time">
      <h2>{texts.nextTitle}</h2>
      <p className="when">
        <Icon name="clock" />
        <span>
          {startUp(
            day === null ? timeOf(next.startsAt, language) : `${day} ${timeOf(next.startsAt, language)}`,
          )}
          <small>{texts.nextChannel[next.channel]}</small>
        </span>
      </p>
    </div>
  );
}
