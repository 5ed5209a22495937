import type { Call, CallSnapshot } from '../../media/state.ts';
import { useTexts } from '../../texts/index.ts';
import { Icon, type IconName } from '../icons.tsx';

/** What stands beside the picture. */
export type Side = 'none' | 'chat' | 'more' | 'code' | 'host' | 'plan';

/** What one can do in the call; hanging up is always the last of them, and in sight. */
export function Controls({
  call: { own, devices },
  media,
  side,
  canShare,
  chat,
  hasPlan,
  waiting,
  onOpen,
  onHangUp,
}: {
  readonly call: CallSnapshot;
  readonly media: Pick<Call, 'setMicrophone' | 'setCamera' | 'turnCamera' | 'setSharing'>;
  readonly side: Side;
  readonly canShare: boolean;
  /** Null while the chat stands on the stage. */
  readonly chat: { readonly unread: number } | null;
  readonly hasPlan: boolean;
  /** How many wait to be let in; null for who lets nobody in. */
  readonly waiting: number | null;
  readonly onOpen: (side: Side) => void;
  readonly onHangUp: () => void;
}) {
  const texts = useTexts();
  const canTurn = devices.cameras.length > 1 && own.camera.state === 'on';
  const count = [true, true, canTurn, canShare, chat !== null, hasPlan, waiting !== null, true].filter(
    Boolean,
  ).length;
  return (
    <div className={count > 6 || count === 4 ? 'controls by-four' : 'controls'}>
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
      {chat !== null && (
        <Control
          icon="chat"
          label={texts.call.chat}
          badge={chat.unread === 0 ? null : { count: chat.unread, label: texts.call.chatUnread(chat.unread) }}
          expanded={side === 'chat'}
          onPress={() => onOpen('chat')}
        />
      )}
      {hasPlan && (
        <Control
          icon="plan"
          label={texts.plan.title}
          expanded={side === 'plan'}
          onPress={() => onOpen('plan')}
        />
      )}
      {waiting !== null && (
        <Control
          icon="person"
          label={texts.host.panel}
          badge={waiting === 0 ? null : { count: waiting, label: `${waiting} ${texts.seatStates.waiting}` }}
          expanded={side === 'host'}
          onPress={() => onOpen('host')}
        />
      )}
      <Control
        icon="more"
        label={texts.call.more}
        expanded={side === 'more'}
        onPress={() => onOpen('more')}
      />
      <button type="button" className="control hang-up" onClick={onHangUp}>
        <Icon name="hangUp" />
        <span>{texts.call.hangUp}</span>
      </button>
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
