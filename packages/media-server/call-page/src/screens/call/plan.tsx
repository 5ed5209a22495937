import { type FileRefusal, fileRefusals } from '@naer/core/contract/call-codes';
import type { CallPage, WeeklyPlan } from '@naer/core/contract/call-page';
import { useEffect, useRef, useState } from 'react';
import type { Call } from '../../media/state.ts';
import { FileRefused, preparePlan } from '../../plan/prepare.ts';
import type { PlanPlace } from '../../plan/together.ts';
import type { RequestFailure } from '../../request-failure.ts';
import { dayOf } from '../../texts/format.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Button, Notice } from '../parts.tsx';
import { PlanSheet } from './plan-sheet.tsx';

/** What one may do with the weekly plan. */
export interface PlanActs {
  /** Null once it is kept. */
  readonly keep: (file: Blob) => Promise<RequestFailure | null>;
  /** Null where it did not come through. */
  readonly read: () => Promise<Blob | null>;
  readonly remove: () => Promise<boolean>;
}

export interface PlanPanelProps {
  readonly page: CallPage;
  readonly place: PlanPlace | null;
  readonly together: Call['plan'];
  readonly acts: PlanActs;
}

/**
 * What may be chosen: those that are told how to become a PDF as well, since a chooser that greys them out says nothing.
 */
const chosen = 'application/pdf,image/*,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt,.ods,.rtf,.pages,.numbers';

/** The weekly plan (*ugeskema*): looked at together, page by page. */
export function PlanPanel({ page, place, together, acts }: PlanPanelProps) {
  const texts = useTexts().plan;
  const body = useRef<HTMLDivElement>(null);
  const { plan, me } = page;
  const mayKeep = me.kind === 'citizen' || me.isHost;
  const [work, setWork] = useState<'none' | 'sending' | 'asking' | 'removing'>('none');
  const [said, setSaid] = useState<string | null>(null);
  const [had, setHad] = useState(plan !== null);
  const id = plan?.id ?? null;
  useEffect(() => {
    if (id !== null) together.look(id);
  }, [id, together]);
  useEffect(() => () => together.leave(), [together]);
  useEffect(() => {
    if (id !== null) setHad(true);
  }, [id]);

  const asks = work === 'asking' || work === 'removing';
  const shown = asks ? 'asking' : id === null ? 'none' : 'plan';
  const before = useRef(shown);
  useEffect(() => {
    // What was pressed is no longer there: whoever goes by keyboard goes on from here.
    if (before.current !== shown) body.current?.focus({ preventScroll: true });
    before.current = shown;
  }, [shown]);

  const send = async (file: File) => {
    setSaid(null);
    setWork('sending');
    try {
      const failure = await acts.keep(await preparePlan(file));
      if (failure !== null) setSaid(sayFailure(failure, texts));
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error;
      setSaid(texts.refused[error.why]);
    } finally {
      setWork('none');
    }
  };
  const remove = async () => {
    setSaid(null);
    setWork('removing');
    const done = await acts.remove();
    setWork('none');
    if (!done) setSaid(texts.notRemoved);
  };

  if (asks)
    return (
      <div ref={body} tabIndex={-1} className="panel-body">
        <p className="strong">{texts.remove}?</p>
        <p>{texts.removeSure}</p>
        <div className="actions">
          <Button look="danger" disabled={work === 'removing'} onPress={() => void remove()}>
            {texts.removeYes}
          </Button>
          <Button disabled={work === 'removing'} onPress={() => setWork('none')}>
            {texts.removeNo}
          </Button>
        </div>
      </div>
    );
  return (
    <div ref={body} tabIndex={-1} className={plan === null ? 'panel-body' : 'panel-body with-plan'}>
      {said !== null && (
        <Notice tone="warn">
          <p>{said}</p>
        </Notice>
      )}
      {work === 'sending' && (
        <Notice icon="clock">
          <p>{texts.sending}</p>
        </Notice>
      )}
      {plan !== null ? (
        <PlanSheet
          key={plan.id}
          plan={plan}
          page={place?.plan === plan.id ? place.page : 1}
          read={acts.read}
          onTurn={(number) => together.turn(number)}
        />
      ) : (
        work !== 'sending' && (
          <p role="status">{had ? texts.gone : mayKeep ? texts.none : texts.noneToLookAt}</p>
        )
      )}
      {mayKeep && (
        <div className="actions row">
          <Choose busy={work === 'sending'} isFirst={plan === null} onChosen={(file) => void send(file)} />
          {plan !== null && me.kind === 'citizen' && (
            <Button disabled={work === 'sending'} onPress={() => setWork('asking')}>
              {texts.remove}
            </Button>
          )}
        </div>
      )}
      {plan === null ? (
        mayKeep && <p className="quiet-text">{me.isHost ? texts.whatHost : texts.what}</p>
      ) : (
        <WhoAndWhen plan={plan} isCitizen={me.kind === 'citizen'} />
      )}
    </div>
  );
}

function WhoAndWhen({ plan, isCitizen }: { readonly plan: WeeklyPlan; readonly isCitizen: boolean }) {
  const texts = useTexts().plan;
  const day = dayOf(plan.updatedAt, useLanguage());
  const say = plan.byCitizen ? (isCitizen ? texts.byYou : texts.byCitizen) : texts.byWorker;
  return <p className="quiet-text">{say(day)}</p>;
}

/** A file, or where there is a camera in the hand, a picture. */
function Choose({
  busy,
  isFirst,
  onChosen,
}: {
  readonly busy: boolean;
  readonly isFirst: boolean;
  readonly onChosen: (file: File) => void;
}) {
  const texts = useTexts().plan;
  const file = useRef<HTMLInputElement>(null);
  const photo = useRef<HTMLInputElement>(null);
  const inHand = window.matchMedia('(pointer: coarse)').matches;
  const take = (input: HTMLInputElement) => {
    const [one] = input.files ?? [];
    // The same file may be chosen again after it was put right.
    input.value = '';
    if (one !== undefined) onChosen(one);
  };
  return (
    <>
      <input ref={file} type="file" hidden accept={chosen} onChange={({ target }) => take(target)} />
      <input
        ref={photo}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        onChange={({ target }) => take(target)}
      />
      <Button look={isFirst ? 'primary' : 'plain'} disabled={busy} onPress={() => file.current?.click()}>
        {isFirst ? texts.add : texts.change}
      </Button>
      {inHand && (
        <Button disabled={busy} icon="camera" onPress={() => photo.current?.click()}>
          {texts.photo}
        </Button>
      )}
    </>
  );
}

function sayFailure({ code, params }: RequestFailure, texts: ReturnType<typeof useTexts>['plan']): string {
  if (code === 'payload_too_large') return texts.refused['too-large'];
  const kind = fileRefusals.find((one: FileRefusal) => one === params.kind);
  return code === 'file_not_usable' && kind !== undefined ? texts.refused[kind] : texts.notSent;
}
