import type { CallEncryption } from '@naer/core/contract/call-codes';
import type { CallPage } from '@naer/core/contract/call-page';
import type { ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { KeysSnapshot, SeatKeyState } from '../../keys/state.ts';
import type { Call, CallSnapshot } from '../../media/state.ts';
import { useTexts } from '../../texts/index.ts';
import { Icon } from '../icons.tsx';
import { Button, Notice, type Numbers, PhoneButton, PhoneLink } from '../parts.tsx';
import { agreedOf, rulesOf } from '../rules.tsx';
import { ChooseDevice } from '../tests.tsx';
import { Company } from './company.tsx';
import { SmallWindow } from './small-window.tsx';

/** Beside the picture, or over its lower part where there is no room: takes the focus, and Escape closes it. */
export function Panel({
  title,
  wide = false,
  tall = false,
  onClose,
  children,
}: {
  readonly title: string;
  /** With more room, for what is looked at. */
  readonly wide?: boolean;
  readonly tall?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const texts = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another title is another panel.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [title]);
  return (
    <aside
      className={['panel', wide && 'wide', tall && 'tall'].filter(Boolean).join(' ')}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="round" aria-label={texts.page.close} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </div>
      {children}
    </aside>
  );
}

export function CodePanel({
  page,
  keys,
  encryption,
  doubtful,
}: {
  readonly page: CallPage;
  readonly keys: KeysSnapshot;
  readonly encryption: CallEncryption | null;
  /** What comes cannot be decoded: then nothing is promised, whatever is said to be encrypted. */
  readonly doubtful: boolean;
}) {
  const { encryptionMore: texts, call } = useTexts();
  const mine = page.me.isHost ? null : keys.seats[0];
  const mismatched = doubtful || mine?.progress === 'mismatch';
  return (
    <div className="panel-body">
      {encryption !== null && !mismatched && <p>{texts[encryption]}</p>}
      {mismatched && mine?.progress !== 'mismatch' && (
        <Notice tone="warn">
          <p>{texts.mismatch}</p>
        </Notice>
      )}
      {mine !== null && (encryption !== 'in-transit' || mine?.progress === 'mismatch') && (
        <Code agreed={mine ?? null} />
      )}
      {!page.me.isHost && page.aloneSince === null && (
        <p className="quiet-text">{call.notAlone(page.visit.worker)}</p>
      )}
    </div>
  );
}

/** The code to compare with one other; or that there is none to trust. */
export function Code({ agreed }: { readonly agreed: SeatKeyState | null }) {
  const { encryptionMore: texts } = useTexts();
  if (agreed?.progress === 'mismatch')
    return (
      <Notice tone="warn">
        <p>{texts.mismatch}</p>
      </Notice>
    );
  if (agreed === null || agreed.code === null) return <p className="quiet-text">{texts.noCode}</p>;
  return (
    <div className="part">
      <p className="code-label">{texts.code}</p>
      <p className="code">{agreed.code}</p>
      {agreed.renewed && <p className="strong">{texts.renewed}</p>}
      <p>
        {texts.compare} {texts.differs}
      </p>
    </div>
  );
}

export interface MoreProps {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  readonly numbers: Numbers;
  readonly selfHidden: boolean;
  readonly onUse: Call['useDevice'];
  readonly onSelf: (hidden: boolean) => void;
  /** The other's picture; null where there is none or the browser has no small window. */
  readonly floatable: HTMLVideoElement | null;
  readonly onGiveUp: () => void;
  /** Null for whom it is not to say. */
  readonly onCompany: ((company: CallPage['company']) => void) | null;
}

export function MorePanel(props: MoreProps) {
  const { page, call, numbers, selfHidden, onUse, onSelf, floatable, onGiveUp, onCompany } = props;
  const texts = useTexts();
  const [asking, setAsking] = useState(false);
  const { devices, own } = call;
  const rules = rulesOf(agreedOf(page), texts);
  if (asking)
    return (
      <div className="panel-body">
        <p className="strong">{texts.call.doesNotWorkLead}</p>
        {rules.map((line) => (
          <p key={line}>{line}</p>
        ))}
        <div className="actions">
          <Button look="primary" onPress={onGiveUp}>
            {texts.call.doesNotWorkYes}
          </Button>
          <Button onPress={() => setAsking(false)}>{texts.call.doesNotWorkNo}</Button>
        </div>
      </div>
    );
  return (
    <div className="panel-body">
      <div className="actions">
        <Button onPress={() => onSelf(!selfHidden)}>
          {selfHidden ? texts.call.showSelf : texts.call.hideSelf}
        </Button>
        {floatable !== null && <SmallWindow picture={floatable} />}
        <Button icon="warning" onPress={() => setAsking(true)}>
          {texts.call.doesNotWork}
        </Button>
      </div>
      {!page.me.isHost && page.visit.agenda !== null && (
        <section className="part">
          <h3>{texts.agenda.title}</h3>
          <p className="as-written">{page.visit.agenda}</p>
        </section>
      )}
      <p className="quiet-text">{rules[0]}</p>
      {numbers.helpPhone !== null && <PhoneButton number={numbers.helpPhone} />}
      {numbers.acutePhone !== null && (
        <p>
          {texts.page.acute} <PhoneLink number={numbers.acutePhone} />
        </p>
      )}
      {onCompany !== null && (
        <section className="part">
          <Company page={page} onTell={onCompany} />
        </section>
      )}
      <section className="part">
        <ChooseDevice
          label={texts.call.camera}
          choices={devices.cameras}
          chosen={own.camera.deviceId}
          onChoose={(id) => void onUse('camera', id)}
        />
        <ChooseDevice
          label={texts.call.microphone}
          choices={devices.microphones}
          chosen={own.microphone.deviceId}
          onChoose={(id) => void onUse('microphone', id)}
        />
        <ChooseDevice
          label={texts.call.loudspeaker}
          choices={devices.loudspeakers}
          chosen={call.loudspeakerId ?? devices.loudspeakers.find(({ id }) => id === 'default')?.id ?? null}
          onChoose={(id) => void onUse('loudspeaker', id)}
        />
      </section>
    </div>
  );
}
