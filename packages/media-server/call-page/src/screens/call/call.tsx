import type { CallPage } from '@naer/core/contract/calls';
import { useEffect, useRef, useState } from 'react';
import type { KeysSnapshot } from '../../keys/state.ts';
import { canFloat, setFloating } from '../../media/picture-in-picture.ts';
import type { Call, CallSnapshot } from '../../media/state.ts';
import { timeOf } from '../../texts/format.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Icon, type IconName } from '../icons.tsx';
import { Button, Notice, type Numbers, PhoneLink, useHeading } from '../parts.tsx';
import { agreedOf, ruleOf } from '../rules.tsx';
import { Chat } from './chat.tsx';
import { type HostActs, HostPanel } from './host.tsx';
import { CodePanel, MorePanel, Panel } from './panels.tsx';
import { nameOf } from './people.ts';
import { type PlanActs, PlanPanel } from './plan.tsx';
import { Stage } from './stage.tsx';

export interface CallScreenProps {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  readonly keys: KeysSnapshot;
  readonly numbers: Numbers;
  readonly media: Omit<Call, 'subscribe' | 'getSnapshot'>;
  readonly host: HostActs;
  readonly plan: PlanActs;
  readonly canShare: boolean;
  readonly onHangUp: () => void;
  readonly onGiveUp: () => void;
}

type Side = 'none' | 'chat' | 'more' | 'code' | 'host' | 'plan';

/** Where a panel has room beside the picture; the styles say the same. */
const wide = '(min-width: 1000px)';

export function CallScreen(props: CallScreenProps) {
  const { page, call, keys, numbers, media, host, plan, canShare, onHangUp, onGiveUp } = props;
  const texts = useTexts();
  const language = useLanguage();
  const heading = useHeading(texts.call.title);
  const frame = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const [side, setSide] = useState<Side>(() =>
    page.me.isHost && window.matchMedia(wide).matches ? 'host' : 'none',
  );
  const [selfHidden, setSelfHidden] = useState(false);
  const [read, setRead] = useState(0);

  const { own, chat } = call;
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
  const picture = () => frame.current?.querySelector<HTMLVideoElement>('.stage video:not(.self)') ?? null;
  const shown = picture();
  const smallWindow = () => {
    const floating = picture();
    if (floating !== null) void setFloating(floating, document.pictureInPictureElement === null);
  };
  const waiting = page.me.isHost ? page.seats.filter(({ state }) => state === 'waiting') : [];
  const encryption = call.encryption ?? page.encryption;
  const hasPlan = page.me.kind !== 'guest';
  const lookers = page.plan === null ? [] : call.plan.lookers;
  const isLookedAt = lookers.length > 0;
  const [notNow, setNotNow] = useState(false);
  useEffect(() => {
    if (!isLookedAt) setNotNow(false);
  }, [isLookedAt]);
  const canTurn = call.devices.cameras.length > 1 && own.camera.state === 'on';
  const controls = [true, true, canTurn, canShare, !chatOnStage, hasPlan, page.me.isHost, true].filter(
    Boolean,
  ).length;

  return (
    <div ref={frame} className={`call side-${side}${chatOnStage ? ' writing' : ''}`}>
      <main className="call-main">
        <h1 ref={heading} tabIndex={-1} className="sr">
          {texts.call.title}
        </h1>
        {waiting.length > 0 && side !== 'host' && (
          <div className="banner" role="status">
            <p>
              {waiting.map((seat) => nameOf(seat, page, texts, language)).join(', ')}{' '}
              {texts.seatStates.waiting}.
            </p>
            <Button look="primary" onPress={() => waiting.map(({ id }) => host.admit(id))}>
              {waiting.length > 1 ? texts.host.admitAll : texts.host.admit}
            </Button>
          </div>
        )}
        {isLookedAt && side !== 'plan' && !notNow && (
          <div className="banner" role="status">
            <p>
              {texts.plan.shownBy(
                lookers
                  .map((id) =>
                    nameOf(
                      page.seats.find((seat) => seat.id === id),
                      page,
                      texts,
                      language,
                    ),
                  )
                  .join(', '),
              )}
            </p>
            <Button look="primary" onPress={() => open('plan')}>
              {texts.plan.join}
            </Button>
            <button
              type="button"
              className="round"
              aria-label={texts.page.close}
              onClick={() => setNotNow(true)}
            >
              <Icon name="cross" />
            </button>
          </div>
        )}
        <Stage page={page} call={call} show={media.show} selfHidden={selfHidden} />
        {call.state === 'reconnecting' && (
          <div className="cut" role="alert">
            <p className="strong">{texts.call.reconnecting}</p>
            <p>{texts.call.reconnectingLead(ruleOf(agreedOf(page), texts))}</p>
            {numbers.helpPhone !== null && (
              <p>
                {texts.page.needHelp} <PhoneLink number={numbers.helpPhone} />
              </p>
            )}
          </div>
        )}
        {chatOnStage && (
          <section className="chat-stage" aria-label={texts.chat.title}>
            <Chat
              page={page}
              lines={chat}
              helpPhone={numbers.helpPhone}
              onStage
              onSay={(text) => void media.say(text)}
            />
          </section>
        )}
        <Signs
          page={page}
          call={call}
          writing={chatOnStage}
          encryptionPressed={side === 'code'}
          encryption={encryption}
          onCode={() => open('code')}
          onSound={() => void media.startSound()}
        />
        <div className={controls > 6 || controls === 4 ? 'controls by-four' : 'controls'}>
          <Control
            icon="microphone"
            struck={own.microphone.state !== 'on'}
            label={own.microphone.state === 'on' ? texts.call.mute : texts.call.unmute}
            onPress={() => void media.setMicrophone(own.microphone.state !== 'on')}
          />
          <Control
            icon="camera"
            struck={own.camera.state !== 'on'}
            label={own.camera.state === 'on' ? texts.call.cameraOff : texts.call.cameraOn}
            onPress={() => void media.setCamera(own.camera.state !== 'on')}
          />
          {canTurn && (
            <Control icon="turn" label={texts.call.switchCamera} onPress={() => void media.turnCamera()} />
          )}
          {canShare && (
            <Control
              icon="screen"
              label={own.sharing ? texts.call.stopSharing : texts.call.share}
              on={own.sharing}
              onPress={() => void media.setSharing(!own.sharing)}
            />
          )}
          {!chatOnStage && (
            <Control
              icon="chat"
              label={texts.call.chat}
              badge={unread === 0 ? null : { count: unread, label: texts.call.chatUnread(unread) }}
              expanded={side === 'chat'}
              onPress={() => open('chat')}
            />
          )}
          {hasPlan && (
            <Control
              icon="plan"
              label={texts.plan.title}
              expanded={side === 'plan'}
              onPress={() => open('plan')}
            />
          )}
          {page.me.isHost && (
            <Control
              icon="person"
              label={texts.host.panel}
              badge={
                waiting.length === 0
                  ? null
                  : { count: waiting.length, label: `${waiting.length} ${texts.seatStates.waiting}` }
              }
              expanded={side === 'host'}
              onPress={() => open('host')}
            />
          )}
          <Control
            icon="more"
            label={texts.call.more}
            expanded={side === 'more'}
            onPress={() => open('more')}
          />
          <button type="button" className="control hang-up" onClick={onHangUp}>
            <Icon name="hangUp" />
            <span>{texts.call.hangUp}</span>
          </button>
        </div>
      </main>
      {side === 'chat' && !chatOnStage && (
        <Panel title={texts.chat.title} onClose={close}>
          <Chat
            page={page}
            lines={chat}
            helpPhone={null}
            onStage={false}
            onSay={(text) => void media.say(text)}
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
            onSmallWindow={shown !== null && canFloat(shown) ? smallWindow : null}
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

/** Sound or picture fails for good enough a reason to write instead; while nothing arrives at all, writing would not either. */
const needsWriting = ({ state, people, troubles }: CallSnapshot): boolean =>
  state === 'connected' &&
  people.length > 0 &&
  troubles.some((each) => each === 'no-sound' || each === 'no-picture' || each.startsWith('microphone-'));

/** What is worth knowing beside the picture, in words. */
function Signs({
  page,
  call,
  writing,
  encryption,
  encryptionPressed,
  onCode,
  onSound,
}: {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  readonly encryption: CallPage['encryption'];
  readonly writing: boolean;
  readonly encryptionPressed: boolean;
  readonly onCode: () => void;
  readonly onSound: () => void;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const { own, people } = call;
  const undecodable = people.some((person) => person.undecodable);
  const [trouble] = call.troubles;
  return (
    <div className="signs">
      {call.needsTap && (
        <Button look="primary" icon="loudspeaker" onPress={onSound}>
          {texts.call.startAudio}
        </Button>
      )}
      {undecodable && (
        <Notice tone="warn">
          <p>{texts.encryptionMore.mismatch}</p>
        </Notice>
      )}
      {trouble !== undefined && !undecodable && !writing && trouble !== 'dropped' && (
        <Notice tone="warn">
          <p>{texts.trouble[trouble]}</p>
        </Notice>
      )}
      <div className="pills">
        {encryption !== null && (
          <button type="button" className="pill" aria-expanded={encryptionPressed} onClick={onCode}>
            <Icon name={encryption === 'end-to-end' && !undecodable ? 'lock' : 'lockOpen'} />
            {undecodable ? texts.encryptionMore.title : texts.encryption[encryption]}
          </button>
        )}
        <div className="pill-lines" role="status">
          {page.aloneSince !== null && (
            <span className="pill">
              <Icon name="person" />
              {texts.call.alone(page.visit.worker, timeOf(page.aloneSince, language))}
            </span>
          )}
          {page.company !== null && (
            <span className="pill">
              <Icon name="person" />
              {page.me.kind === 'citizen'
                ? texts.company.withYou(texts.company.who[page.company])
                : texts.company.withCitizen(texts.company.who[page.company])}
            </span>
          )}
          <span className={`pill ${call.quality}`}>
            <Icon name="network" />
            {texts.call.quality[call.quality]}
          </span>
          {own.sharing && (
            <span className="pill">
              <Icon name="screen" />
              {texts.call.youShare}
            </span>
          )}
          {own.microphone.state === 'off' && own.speaking && (
            <span className="pill poor">
              <Icon name="microphone" struck />
              {texts.call.youMuted}
            </span>
          )}
        </div>
      </div>
    </div>
  );
}

function Control({
  icon,
  label,
  struck = false,
  on = false,
  expanded,
  badge = null,
  onPress,
}: {
  readonly icon: IconName;
  readonly label: string;
  readonly struck?: boolean;
  readonly on?: boolean;
  readonly expanded?: boolean;
  readonly badge?: { readonly count: number; readonly label: string } | null;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      className={`control${struck ? ' struck' : ''}${on ? ' on' : ''}`}
      {...(expanded === undefined ? {} : { 'aria-expanded': expanded })}
      onClick={onPress}
    >
      <Icon name={icon} struck={struck} />
      <span>{label}</span>
      {badge !== null && (
        <span className="badge">
          <span aria-hidden="true">{badge.count}</span>
          <span className="sr">, {badge.label}</span>
        </span>
      )}
    </button>
  );
}
