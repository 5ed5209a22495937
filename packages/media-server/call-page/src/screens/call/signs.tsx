import type { CallPage } from '@naer/core/contract/call-page';
import { useEffect, useState } from 'react';
import type { KeysSnapshot } from '../../keys/state.ts';
import type { CallSnapshot } from '../../media/state.ts';
import { clockOf } from '../../texts/format.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Icon } from '../icons.tsx';
import { Button, Notice } from '../parts.tsx';
import { nameIn } from './people.ts';

/** Sound or picture fails for good enough a reason to write instead; while nothing arrives at all, writing would not either. */
export const needsWriting = ({ state, people, troubles }: CallSnapshot): boolean =>
  state === 'connected' &&
  people.length > 0 &&
  troubles.some((each) => each === 'no-sound' || each === 'no-picture' || each.startsWith('microphone-'));

const lastsAfterMs = 6_000;

/** What is worth knowing beside the picture, in words. */
export function Signs({
  page,
  call,
  writing,
  keys,
  encryption,
  encryptionPressed,
  onCode,
  onSound,
}: {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  readonly keys: KeysSnapshot;
  readonly encryption: CallPage['encryption'];
  readonly writing: boolean;
  readonly encryptionPressed: boolean;
  readonly onCode: () => void;
  readonly onSound: () => void;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const { own, people } = call;
  const lasting = useLasting(call.quality, lastsAfterMs);
  // A sound comes a moment after its person; whom it does not come from should not be waited for in silence.
  const name = nameIn(page, texts, language);
  const silent = people.filter(({ sound }) => sound === 'none').map(({ seat }) => name(seat));
  const wasSilent = useLasting(silent.join(', '), lastsAfterMs);
  // Somebody may stand in between, or what comes cannot be decoded: then nothing is promised.
  const doubtful =
    keys.seats.some(({ progress }) => progress === 'mismatch') ||
    people.some(({ undecodable }) => undecodable);
  const [trouble] = call.troubles;
  return (
    <div className="signs">
      {call.needsTap && (
        <Button look="primary" icon="loudspeaker" onPress={onSound}>
          {texts.call.startAudio}
        </Button>
      )}
      {doubtful && (
        <Notice tone="warn">
          <p>{texts.encryptionMore.mismatch}</p>
        </Notice>
      )}
      {trouble !== undefined && !doubtful && !writing && trouble !== 'dropped' && (
        <Notice tone="warn">
          <p>{texts.trouble[trouble]}</p>
        </Notice>
      )}
      {/* Each sign is read out by itself when it comes or changes; how the connection does only once it lasts. */}
      <div className="pills" role="status" aria-atomic={false}>
        {encryption !== null && (
          <button type="button" className="pill" aria-expanded={encryptionPressed} onClick={onCode}>
            <Icon name={encryption === 'end-to-end' && !doubtful ? 'lock' : 'lockOpen'} />
            {doubtful ? texts.encryptionMore.title : texts.encryption[encryption]}
          </button>
        )}
        {page.aloneSince !== null && (
          <span className="pill">
            <Icon name="person" />
            {texts.call.alone(page.visit.worker, clockOf(page.aloneSince, language))}
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
        {own.sharing && (
          <span className="pill">
            <Icon name="screen" />
            {texts.call.youShare}
          </span>
        )}
        {own.microphone.state === 'off' && (
          <span className="pill poor">
            <Icon name="microphone" struck />
            {texts.call.youMuted}
          </span>
        )}
        {silent.length > 0 && wasSilent !== '' && (
          <span className="pill poor">
            <Icon name="microphone" struck />
            {texts.call.otherNoSound(silent.join(', '))}
          </span>
        )}
        {/* The chat on the stage says as much, and more. */}
        {!writing && (
          <span className={`pill ${call.quality}`} aria-live="off">
            <Icon name="network" />
            {texts.call.quality[call.quality]}
          </span>
        )}
        <span className="sr">
          {lasting === 'poor' || lasting === 'lost' ? texts.call.quality[lasting] : ''}
        </span>
      </div>
    </div>
  );
}

/** What has been so for a while: a connection is measured every other second and may flutter. */
function useLasting<T>(value: T, ms: number): T {
  const [lasting, setLasting] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLasting(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return lasting;
}
