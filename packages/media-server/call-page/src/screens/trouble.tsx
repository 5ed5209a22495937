import type { TroubleStep } from '@naer/core/contract/call-codes';
import { useState } from 'react';
import type { Platform } from '../device/codes.ts';
import { adviceFor } from '../texts/advice.ts';
import { clockOf } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Button, Notice, type Numbers, PhoneButton, Screen } from './parts.tsx';
import { type Agreed, rulesOf } from './rules.tsx';

export interface ServiceDownProps {
  /** What was agreed, as this browser remembers it from when the service was there; null before the first time. */
  readonly agreed: Agreed | null;
  readonly numbers: Numbers;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly onTry: () => void;
}

export function ServiceDown({ agreed, numbers, since, onTry }: ServiceDownProps) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <Screen
      title={texts.serviceDown.title}
      numbers={{ ...numbers, helpPhone: null }}
      actions={
        <>
          {numbers.helpPhone !== null && <PhoneButton number={numbers.helpPhone} />}
          <Button onPress={onTry}>{texts.page.tryAgain}</Button>
        </>
      }
    >
      <p className="lead">{texts.serviceDown.lead}</p>
      <p>{texts.serviceDown.checkNet}</p>
      {agreed === null ? (
        <p>{texts.serviceDown.noRules}</p>
      ) : (
        <section className="part">
          <h2>{texts.serviceDown.rules}</h2>
          {rulesOf(agreed, texts).map((line) => (
            <p key={line}>{line}</p>
          ))}
        </section>
      )}
      <p className="quiet-text">{texts.serviceDown.since(clockOf(since, language))}</p>
    </Screen>
  );
}

export interface EnterTroubleProps {
  /** Why one could not come in, or `dropped`. */
  readonly step: TroubleStep;
  readonly agreed: Agreed;
  readonly numbers: Numbers;
  readonly platform: Platform;
  readonly busy: boolean;
  readonly onTry: () => void;
  readonly onGiveUp: () => void;
}

/** Let in but not in: once more, or what was agreed. */
export function EnterTrouble({ step, agreed, numbers, platform, busy, onTry, onGiveUp }: EnterTroubleProps) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <Screen
      title={texts.trouble[step].replace(/\.$/, '')}
      numbers={numbers}
      actions={
        <>
          <Button look="primary" onPress={onTry} disabled={busy}>
            {texts.page.tryAgain}
          </Button>
          <Button onPress={onGiveUp}>{texts.call.doesNotWork}</Button>
        </>
      }
    >
      {step === 'network-blocked' && (
        <p className="lead">{adviceFor('use-other-network', platform, language)}</p>
      )}
      <section className="part">
        <h2>{texts.welcome.rulesTitle}</h2>
        {rulesOf(agreed, texts).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </section>
    </Screen>
  );
}

export interface GiveUpProps {
  readonly agreed: Agreed;
  readonly numbers: Numbers;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** "It does not work" ends the attempt for both, so it is asked once. */
export function GiveUp({ agreed, numbers, onYes, onNo }: GiveUpProps) {
  const texts = useTexts();
  const [busy, setBusy] = useState(false);
  return (
    <Screen
      title={texts.call.doesNotWork}
      numbers={numbers}
      actions={
        <>
          <Button
            look="primary"
            disabled={busy}
            onPress={() => {
              setBusy(true);
              onYes();
            }}
          >
            {texts.call.doesNotWorkYes}
          </Button>
          <Button onPress={onNo}>{texts.page.back}</Button>
        </>
      }
    >
      <p className="lead">{texts.call.doesNotWorkLead}</p>
      {rulesOf(agreed, texts).map((line) => (
        <p key={line}>{line}</p>
      ))}
    </Screen>
  );
}

export interface BrowserTooOldProps {
  readonly platform: Platform;
  readonly inAnotherApp: boolean;
  readonly numbers: Numbers;
  /** Null before the waiting room is open: until then it may still go well. */
  readonly onGiveUp: (() => void) | null;
}

export function BrowserTooOld({ platform, inAnotherApp, numbers, onGiveUp }: BrowserTooOldProps) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <Screen
      title={texts.browserTooOld.title}
      numbers={numbers}
      actions={
        onGiveUp === null ? undefined : <Button onPress={onGiveUp}>{texts.browserTooOld.giveUp}</Button>
      }
    >
      <p className="lead">{texts.browserTooOld.lead}</p>
      <Notice>
        <p>{adviceFor(inAnotherApp ? 'open-in-browser' : 'update-browser', platform, language)}</p>
      </Notice>
    </Screen>
  );
}

export function Slowed({ seconds, numbers }: { readonly seconds: number; readonly numbers: Numbers }) {
  const texts = useTexts();
  return (
    <Screen title={texts.slowed.title} numbers={numbers}>
      <p className="lead">{texts.slowed.lead(seconds)}</p>
    </Screen>
  );
}

export function Opening() {
  const texts = useTexts();
  return (
    <main className="screen">
      <h1 className="opening">{texts.page.loading}</h1>
    </main>
  );
}
