import type { CallPage } from '@naer/core/contract/call-page';
import { adviceOn, type Platform } from '../../device/codes.ts';
import type { CallSnapshot } from '../../media/state.ts';
import { adviceFor } from '../../texts/advice.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Button, PhoneLink } from '../parts.tsx';
import { agreedOf, ruleOf } from '../rules.tsx';

/** Why one writes instead: what comes no longer is tried again by itself, one's own microphone only by oneself. */
export function ChatWhy({
  page,
  call,
  helpPhone,
  platform,
  onTry,
}: {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  /** Whoever cannot speak here may phone. */
  readonly helpPhone: string | null;
  readonly platform: Platform;
  readonly onTry: () => void;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const nothingComes = call.troubles.some((each) => each === 'no-sound' || each === 'no-picture');
  const { trouble } = call.own.microphone;
  const advice = trouble === null ? undefined : adviceOn[trouble];
  return (
    <div className="chat-why">
      <div role="status">
        {nothingComes || trouble === null ? (
          <>
            <p className="strong">{texts.chat.onStage}</p>
            <p>{ruleOf(agreedOf(page), texts)}</p>
          </>
        ) : (
          <>
            <p className="strong">{texts.trouble[trouble]}</p>
            <p>{texts.chat.unheard}</p>
            {advice !== undefined && <p>{adviceFor(advice, platform, language)}</p>}
          </>
        )}
      </div>
      {!nothingComes && trouble !== null && <Button onPress={onTry}>{texts.chat.tryMicrophone}</Button>}
      {helpPhone !== null && (
        <p>
          {texts.page.needHelp} <PhoneLink number={helpPhone} />
        </p>
      )}
    </div>
  );
}
