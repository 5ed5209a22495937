import type { CallPage } from '@naer/core/contract/call-page';
import { useEffect, useRef, useState } from 'react';
import type { Platform } from '../../device/codes.ts';
import type { KeysSnapshot } from '../../keys/state.ts';
import { canFloat } from '../../media/picture-in-picture.ts';
import type { Call, CallSnapshot } from '../../media/state.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { type Numbers, useHeading } from '../parts.tsx';
import { PlanBanner, Reconnecting, WaitingBanner } from './banners.tsx';
import { Chat } from './chat.tsx';
import { ChatWhy } from './chat-why.tsx';
import { Controls, type Side } from './controls.tsx';
import { type HostActs, HostPanel } from './host.tsx';
import { CodePanel, MorePanel, Panel } from './panels.tsx';
import { nameIn } from './people.ts';
import { type PlanActs, PlanPanel } from './plan.tsx';
import { needsWriting, Signs } from './signs.tsx';
import { Stage } from './stage.tsx';

export interface CallScreenProps {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  readonly keys: KeysSnapshot;
  readonly numbers: Numbers;
  /** What helps with a microphone is another way on each. */
  readonly platform: Platform;
  readonly media: Omit<Call, 'subscribe' | 'getSnapshot'>;
  readonly host: HostActs;
  readonly plan: PlanActs;
  readonly canShare: boolean;
  readonly onHangUp: () => void;
  readonly onGiveUp: () => void;
}

/** Where a panel has room beside the picture; the styles say the same. */
const wide = '(min-width: 1000px)';

export function CallScreen(props: CallScreenProps) {
  const { page, call, keys, numbers, platform, media, host, plan, canShare, onHangUp, onGiveUp } = props;
  const texts = useTexts();
  const heading = useHeading(texts.call.title);
  const frame = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const [side, setSide] = useState<Side>(() =>
    page.me.isHost && window.matchMedia(wide).matches ? 'host' : 'none',
  );
  const [selfHidden, setSelfHidden] = useState(false);
  const [read, setRead] = useState(0);
  const [draft, setDraft] = useState('');

  const { chat } = call;
  const chatOnStage = needsWriting(call);
  const chatSeen = side === 'chat' || chatOnStage;
  const unread = chatSeen ? 0 : chat.slice(read).filter(({ seat }) => seat !== null).length;
  useEffect(() => {
    if (chatSeen) setRead(chat.length);
  }, [chatSeen, chat.length]);

  const open = (wanted: Side) => {
    if (side === wanted) return close();
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setSide(wanted);
  };
  const close = () => {
    setSide('none');
    // A button of a banner may be gone by now.
    (opener.current?.isConnected === true ? opener.current : heading.current)?.focus();
  };
  const shown = frame.current?.querySelector<HTMLVideoElement>('.stage video:not(.self)') ?? null;
  const name = nameIn(page, texts, useLanguage());
  const heard = chat.filter(({ seat }) => seat !== null).at(-1);
  const waiting = page.me.isHost ? page.seats.filter(({ state }) => state === 'waiting') : [];
  const encryption = call.encryption ?? page.encryption;
  const hasPlan = page.me.kind !== 'guest';
  const lookers = page.plan === null ? [] : call.plan.lookers;

  return (
    <div ref={frame} className={`call side-${side}${chatOnStage ? ' writing' : ''}`}>
      <main className="call-main">
        <h1 ref={heading} tabIndex={-1} className="sr">
          {texts.call.title}
        </h1>
        {side !== 'host' && <WaitingBanner page={page} waiting={waiting} onAdmit={host.admit} />}
        <PlanBanner page={page} lookers={lookers} isOpen={side === 'plan'} onJoin={() => open('plan')} />
        <Stage page={page} call={call} show={media.show} selfHidden={selfHidden} />
        {call.state === 'reconnecting' && <Reconnecting page={page} numbers={numbers} />}
        {chatOnStage && (
          <section className="chat-stage" aria-label={texts.chat.title}>
            <Chat
              page={page}
              lines={chat}
              why={
                <ChatWhy
                  page={page}
                  call={call}
                  helpPhone={numbers.helpPhone}
                  platform={platform}
                  onTry={() => void media.setMicrophone(true)}
                />
              }
              draft={draft}
              onDraft={setDraft}
              onSay={(text) => void media.say(text)}
              onSayAgain={(id) => void media.sayAgain(id)}
            />
          </section>
        )}
        {/* What the others write is read out wherever the chat stands, or where it is not open; one's own is not. */}
        <p className="sr" role="status">
          {heard?.seat != null && `${name(heard.seat)}: ${heard.text}`}
        </p>
        <Signs
          page={page}
          call={call}
          keys={keys}
          writing={chatOnStage}
          encryptionPressed={side === 'code'}
          encryption={encryption}
          onCode={() => open('code')}
          onSound={() => void media.startSound()}
        />
        <Controls
          call={call}
          media={media}
          side={side}
          canShare={canShare}
          chat={chatOnStage ? null : { unread }}
          hasPlan={hasPlan}
          waiting={page.me.isHost ? waiting.length : null}
          onOpen={open}
          onHangUp={onHangUp}
        />
      </main>
      {side === 'chat' && !chatOnStage && (
        <Panel title={texts.chat.title} onClose={close}>
          <Chat
            page={page}
            lines={chat}
            why={null}
            draft={draft}
            onDraft={setDraft}
            onSay={(text) => void media.say(text)}
            onSayAgain={(id) => void media.sayAgain(id)}
          />
        </Panel>
      )}
      {side === 'plan' && (
        <Panel title={texts.plan.title} wide tall={page.plan !== null} onClose={close}>
          <PlanPanel page={page} place={call.plan.place} together={media.plan} acts={plan} />
        </Panel>
      )}
      {side === 'more' && (
        <Panel title={texts.call.more} onClose={close}>
          <MorePanel
            page={page}
            call={call}
            numbers={numbers}
            selfHidden={selfHidden}
            onUse={media.useDevice}
            onSelf={setSelfHidden}
            floatable={shown !== null && canFloat(shown) ? shown : null}
            onGiveUp={onGiveUp}
            onCompany={page.me.kind === 'citizen' ? host.tellCompany : null}
          />
        </Panel>
      )}
      {side === 'code' && (
        <Panel title={texts.encryptionMore.title} onClose={close}>
          <CodePanel
            page={page}
            keys={keys}
            encryption={encryption}
            doubtful={call.people.some(({ undecodable }) => undecodable)}
          />
        </Panel>
      )}
      {side === 'host' && (
        <Panel title={texts.host.panel} onClose={close}>
          <HostPanel page={page} keys={keys} acts={host} />
        </Panel>
      )}
    </div>
  );
}
