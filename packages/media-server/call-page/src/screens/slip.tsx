import type { RequestFailure } from '../request-failure.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from './icons.tsx';

/** What was just pressed did not come through, or was refused: said once, above whatever stands on the screen. */
export function Slip({
  failure,
  onClose,
}: {
  readonly failure: RequestFailure | null;
  readonly onClose: () => void;
}) {
  const { slip: texts, page } = useTexts();
  const said = ({ code, params }: RequestFailure): string => {
    switch (code) {
      case 'call_not_open':
        return texts.notOpen(String(params.opens ?? ''));
      case 'offline':
        return texts.offline;
      case 'service_down':
      case 'unavailable':
        return texts.notReached;
      case 'too_many_requests':
        return texts.slowDown;
      default:
        return texts.refused;
    }
  };
  return (
    <div className="slip" role="alert">
      {failure !== null && (
        <div>
          <Icon name="warning" />
          <p>{said(failure)}</p>
          <button type="button" className="round" aria-label={page.close} onClick={onClose}>
            <Icon name="cross" />
          </button>
        </div>
      )}
    </div>
  );
}
