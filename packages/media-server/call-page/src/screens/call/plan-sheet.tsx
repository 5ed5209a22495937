import type { WeeklyPlan } from '@naer/core/contract/call-page';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { OpenPdf } from '../../plan/pdf.ts';
import { useTexts } from '../../texts/index.ts';
import { Icon, type IconName } from '../icons.tsx';
import { Button } from '../parts.tsx';

/** How large: times the width there is; the styles say the same. */
const zooms = [1, 1.5, 2, 3] as const;

type Shown =
  | { readonly state: 'fetching' }
  | { readonly state: 'not-fetched' }
  | { readonly state: 'not-shown' }
  | { readonly state: 'picture'; readonly url: string }
  | { readonly state: 'pdf'; readonly pdf: OpenPdf };

export interface PlanSheetProps {
  readonly plan: WeeklyPlan;
  /** Where all are. */
  readonly page: number;
  readonly read: () => Promise<Blob | null>;
  readonly onTurn: (page: number) => void;
}

/** One version of the plan, one page of it at a time. To be made anew for another version. */
export function PlanSheet({ plan, page, read, onTurn }: PlanSheetProps) {
  const texts = useTexts().plan;
  const [tries, setTries] = useState(0);
  const [zoom, setZoom] = useState(0);
  const [shown, setShown] = useState<Shown>({ state: 'fetching' });
  const reading = useRef(read);
  reading.current = read;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is another effect.
  useEffect(() => {
    let end: () => void = () => undefined;
    let gone = false;
    setShown({ state: 'fetching' });
    const open = async (): Promise<Shown> => {
      const file = await reading.current();
      if (file === null) return { state: 'not-fetched' };
      if (plan.format !== 'pdf') {
        const url = URL.createObjectURL(file);
        end = () => URL.revokeObjectURL(url);
        return { state: 'picture', url };
      }
      // Larger than the rest of the page, and needed by few.
      const library = await import('../../plan/pdf.ts').catch(() => null);
      if (library === null) return { state: 'not-fetched' };
      try {
        const pdf = await library.openPdf(await file.arrayBuffer());
        end = () => pdf.close();
        return { state: 'pdf', pdf };
      } catch {
        return { state: 'not-shown' };
      }
    };
    void open().then((next) => (gone ? end() : setShown(next)));
    return () => {
      gone = true;
      end();
    };
  }, [tries, plan.format]);

  const pages = shown.state === 'pdf' ? shown.pdf.pages : 1;
  const at = Math.min(page, pages);
  const larger = () => setZoom((now) => Math.min(now + 1, zooms.length - 1));
  const smaller = () => setZoom((now) => Math.max(now - 1, 0));
  const turn = (to: number) => {
    if (to >= 1 && to <= pages && to !== at) onTurn(to);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Enlarged, the arrows move the sheet instead.
    const turns = event.key.startsWith('Page') || (event.key.startsWith('Arrow') && zoom === 0);
    if (event.key === '+') larger();
    else if (event.key === '-') smaller();
    else if (turns && (event.key === 'PageDown' || event.key === 'ArrowRight')) turn(at + 1);
    else if (turns && (event.key === 'PageUp' || event.key === 'ArrowLeft')) turn(at - 1);
    else return;
    event.preventDefault();
  };

  if (shown.state === 'fetching') return <p role="status">{texts.fetching}</p>;
  if (shown.state === 'not-fetched' || shown.state === 'not-shown')
    return (
      <div className="part" role="status">
        <p>{shown.state === 'not-fetched' ? texts.notFetched : texts.notShown}</p>
        <Button look="primary" onPress={() => setTries(tries + 1)}>
          {texts.again}
        </Button>
      </div>
    );
  return (
    <>
      <div className="plan-tools">
        {pages > 1 && (
          <div className="plan-turn">
            <Tool icon="back" label={texts.previous} disabled={at === 1} onPress={() => turn(at - 1)} />
            <p role="status">{texts.page(at, pages)}</p>
            <Tool icon="forward" label={texts.next} disabled={at === pages} onPress={() => turn(at + 1)} />
          </div>
        )}
        <div className="plan-zoom">
          <Tool icon="smaller" label={texts.smaller} disabled={zoom === 0} onPress={smaller} />
          <Tool icon="larger" label={texts.larger} disabled={zoom === zooms.length - 1} onPress={larger} />
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section className={`plan-view zoom-${zoom}`} aria-label={texts.view} tabIndex={0} onKeyDown={onKey}>
        {shown.state === 'picture' ? (
          <img src={shown.url} alt={texts.picture} onError={() => setShown({ state: 'not-shown' })} />
        ) : (
          <PdfPage
            pdf={shown.pdf}
            page={at}
            zoom={zooms[zoom] ?? 1}
            onFailed={() => setShown({ state: 'not-shown' })}
          />
        )}
      </section>
    </>
  );
}

function PdfPage({
  pdf,
  page,
  zoom,
  onFailed,
}: {
  readonly pdf: OpenPdf;
  readonly page: number;
  readonly zoom: number;
  readonly onFailed: () => void;
}) {
  const texts = useTexts().plan;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [text, setText] = useState('');
  const [width, setWidth] = useState(0);
  const failed = useRef(onFailed);
  failed.current = onFailed;
  const measure = useCallback(() => {
    const room = canvas.current?.parentElement;
    // In steps, so that a scroll bar that comes and goes does not draw it again.
    if (room) setWidth(Math.max(240, Math.round(room.clientWidth / 40) * 40));
  }, []);
  useEffect(() => {
    const room = canvas.current?.parentElement;
    if (!room) return;
    const observer = new ResizeObserver(measure);
    observer.observe(room);
    return () => observer.disconnect();
  }, [measure]);
  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    const ending = new AbortController();
    const pixels = width * zoom * Math.min(window.devicePixelRatio, 2);
    pdf.draw(canvas.current, page, pixels, ending.signal).then(setText, () => {
      if (!ending.signal.aborted) failed.current();
    });
    return () => ending.abort();
  }, [pdf, page, zoom, width]);
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={texts.pictureOf(page, pdf.pages)} data-page={page} />
      {/* What stands on the page, for whoever cannot see the picture of it. */}
      <p className="sr">{text}</p>
    </>
  );
}

function Tool({
  icon,
  label,
  disabled,
  onPress,
}: {
  readonly icon: IconName;
  readonly label: string;
  readonly disabled: boolean;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      className="round"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}
