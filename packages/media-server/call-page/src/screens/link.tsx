import { type FormEvent, useId, useRef, useState } from 'react';
import { useTexts } from '../texts/index.ts';
import { Button, Notice, type Numbers, PhoneButton, Screen } from './parts.tsx';

export type NewLinkTo = { readonly email: string } | { readonly phone: string };

export interface LinkNotValidProps {
  readonly helpPhone: string | null;
  /** True once the service took the wish, whoever it was from. */
  readonly onAsk: (to: NewLinkTo) => Promise<boolean>;
}

/** Says the same to everybody: whoever holds an old link, or found one, learns nothing from it. */
export function LinkNotValid({ helpPhone, onAsk }: LinkNotValidProps) {
  const texts = useTexts().linkNotValid;
  return (
    <Screen title={texts.title}>
      <p className="lead">{texts.lead}</p>
      <p>{helpPhone === null ? texts.noPhone : texts.phone}</p>
      {helpPhone !== null && (
        <div className="actions">
          <PhoneButton number={helpPhone} />
        </div>
      )}
      <AskNewLink onAsk={onAsk} />
    </Screen>
  );
}

function AskNewLink({ onAsk }: Pick<LinkNotValidProps, 'onAsk'>) {
  const texts = useTexts().linkNotValid;
  const [way, setWay] = useState<'sms' | 'mail'>('sms');
  const [given, setGiven] = useState('');
  const [answer, setAnswer] = useState<'none' | 'wrong' | 'sending' | 'sent' | 'not-sent'>('none');
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  const choose = (chosen: 'sms' | 'mail') => {
    setWay(chosen);
    setGiven('');
    setAnswer('none');
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (answer === 'sending') return;
    const value = given.trim();
    const fits =
      way === 'sms' ? /^(\+45)?\d{8}$/.test(value.replaceAll(/[\s.-]/g, '')) : /^\S+@\S+\.\S+$/.test(value);
    if (!fits) {
      setAnswer('wrong');
      field.current?.focus();
      return;
    }
    setAnswer('sending');
    setAnswer((await onAsk(way === 'sms' ? { phone: value } : { email: value })) ? 'sent' : 'not-sent');
  };

  if (answer === 'sent')
    return (
      <Notice tone="good">
        <p>{texts.sent}</p>
      </Notice>
    );
  return (
    <form className="part" onSubmit={(event) => void send(event)} noValidate>
      <h2>{texts.formTitle}</h2>
      <p>{texts.formLead}</p>
      <fieldset className="choices">
        <legend>{texts.how}</legend>
        {(['sms', 'mail'] as const).map((each) => (
          <label key={each} className="choice">
            <input type="radio" name={id} checked={way === each} onChange={() => choose(each)} />
            <span>{each === 'sms' ? texts.bySms : texts.byMail}</span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span>{way === 'sms' ? texts.phoneLabel : texts.mailLabel}</span>
        <input
          ref={field}
          type={way === 'sms' ? 'tel' : 'email'}
          autoComplete={way === 'sms' ? 'tel' : 'email'}
          value={given}
          onChange={(event) => setGiven(event.target.value)}
          aria-invalid={answer === 'wrong'}
          aria-describedby={`${id}-wrong`}
        />
      </label>
      <p id={`${id}-wrong`} className="wrong" role="alert">
        {answer === 'wrong' && (way === 'sms' ? texts.phoneWrong : texts.mailWrong)}
        {answer === 'not-sent' && texts.notSent}
      </p>
      <button type="submit" className="button plain" disabled={answer === 'sending'}>
        {texts.send}
      </button>
    </form>
  );
}

export interface PinProps {
  readonly helpPhone: string | null;
  /** A code was tried and did not fit. */
  readonly wrong: boolean;
  readonly busy: boolean;
  readonly onPin: (pin: string) => void;
}

export function Pin({ helpPhone, wrong, busy, onPin }: PinProps) {
  const texts = useTexts().pin;
  const [pin, setPin] = useState('');
  const [incomplete, setIncomplete] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    const fits = /^\d{4,8}$/.test(pin);
    setIncomplete(!fits);
    if (fits) {
      onPin(pin);
      setPin('');
    }
    field.current?.focus();
  };
  return (
    <Screen title={texts.title} numbers={{ helpPhone, acutePhone: null }}>
      <p className="lead">{texts.lead}</p>
      <form className="part" onSubmit={send} noValidate>
        <label className="field short">
          <span>{texts.label}</span>
          <input
            ref={field}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            value={pin}
            onChange={(event) => setPin(event.target.value.replaceAll(/\D/g, ''))}
            aria-invalid={wrong || incomplete}
            aria-describedby={id}
          />
        </label>
        <p id={id} className="wrong" role="alert">
          {incomplete ? texts.empty : wrong ? texts.wrong : ''}
        </p>
        <button type="submit" className="button primary" disabled={busy}>
          {texts.open}
        </button>
      </form>
    </Screen>
  );
}

export interface LinkInUseProps {
  readonly numbers: Numbers;
  /** Going on here was tried, and the other device was still there. */
  readonly stillOpen: boolean;
  readonly onTakeOver: () => void;
}

export function LinkInUse({ numbers, stillOpen, onTakeOver }: LinkInUseProps) {
  const texts = useTexts().linkInUse;
  return (
    <Screen
      title={texts.title}
      numbers={numbers}
      actions={
        <Button look="primary" onPress={onTakeOver}>
          {texts.takeOver}
        </Button>
      }
    >
      <p className="lead">{texts.lead}</p>
      <p>{texts.own}</p>
      <p>{texts.notOwn}</p>
      {stillOpen && (
        <Notice tone="warn">
          <p>{texts.stillOpen}</p>
        </Notice>
      )}
    </Screen>
  );
}
