import type { CallPage } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';
import { useEffect, useState } from 'react';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Icon } from '../icons.tsx';
import { Button, type Numbers, PhoneLink } from '../parts.tsx';
import { agreedOf, ruleOf } from '../rules.tsx';
import { nameIn } from './people.ts';

/** Somebody wants in: said to the host above the picture while the list of people is not open. */
export function WaitingBanner({
  page,
  waiting,
  onAdmit,
}: {
  readonly page: CallPage;
  readonly waiting: readonly Seat[];
  readonly onAdmit: (seat: string) => void;
}) {
  const texts = useTexts();
  const name = nameIn(page, texts, useLanguage());
  if (waiting.length === 0) return null;
  return (
    <div className="banner" role="status">
      <p>
        {waiting.map(({ id }) => name(id)).join(', ')} {texts.seatStates.waiting}.
      </p>
      <Button look="primary" onPress={() => waiting.map(({ id }) => onAdmit(id))}>
        {waiting.length > 1 ? texts.host.admitAll : texts.host.admit}
      </Button>
    </div>
  );
}

/** Others look at the weekly plan; who does not want to is not asked again before nobody did for a while. */
export function PlanBanner({
  page,
  lookers,
  isOpen,
  onJoin,
}: {
  readonly page: CallPage;
  readonly lookers: readonly string[];
  /** This page looks at it as well. */
  readonly isOpen: boolean;
  readonly onJoin: () => void;
}) {
  const texts = useTexts();
  const name = nameIn(page, texts, useLanguage());
  const isLookedAt = lookers.length > 0;
  const [notNow, setNotNow] = useState(false);
  useEffect(() => {
    if (!isLookedAt) setNotNow(false);
  }, [isLookedAt]);
  if (!isLookedAt || isOpen || notNow) return null;
  return (
    <div className="banner" role="status">
      <p>{texts.plan.shownBy(lookers.map(name).join(', '))}</p>
      <Button look="primary" onPress={onJoin}>
        {texts.plan.join}
      </Button>
      <button type="button" className="round" aria-label={texts.page.close} onClick={() => setNotNow(true)}>
        <Icon name="cross" />
      </button>
    </div>
  );
}

/** The connection is being made anew: what one need not do, what happens otherwise, and the number. */
export function Reconnecting({ page, numbers }: { readonly page: CallPage; readonly numbers: Numbers }) {
  const texts = useTexts();
  return (
    <div className="cut" role="alert">
      <p className="strong">{texts.call.reconnecting}</p>
      <p>{texts.call.reconnectingLead(ruleOf(agreedOf(page), texts))}</p>
      {numbers.helpPhone !== null && (
        <p>
          {texts.page.needHelp} <PhoneLink number={numbers.helpPhone} />
        </p>
      )}
    </div>
  );
}
