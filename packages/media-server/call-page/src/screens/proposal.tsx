import type { CallPage } from '@naer/core/contract/call-page';
import { useState } from 'react';
import { isSameDay, timeOf } from '../texts/format.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Button, Notice, Screen } from './parts.tsx';
import { ChooseTime, momentOf, Talk, type TalkProps, type TalkState } from './talk.tsx';

export type Answer = { readonly answer: 'yes' | 'no' } | { readonly answer: 'other'; readonly other: string };

export interface ProposalProps {
  /** Of a visit that is proposed. */
  readonly page: CallPage;
  /** Its times are those that may be proposed instead. */
  readonly talk: TalkState['talk'];
  readonly busy: boolean;
  /** The last answer did not come through: the time is taken, the proposal is another one by now, or nothing was reached. */
  readonly fault: 'none' | 'closed' | 'changed' | 'not-sent';
  /** They see the times at once. */
  readonly choosing?: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

/** A time that their worker proposed, or the one that the citizen proposed instead: yes, another one, or no. */
export function Proposal({ page, talk, busy, fault, choosing: open = false, onAnswer }: ProposalProps) {
  const texts = useTexts();
  const language = useLanguage();
  const [choosing, setChoosing] = useState(open);
  const { visit } = page;
  const isMine = visit.proposedBy === 'citizen';
  const time = isSameDay(page.now, visit.startsAt)
    ? `${texts.welcome.today.toLowerCase()} ${timeOf(visit.startsAt, language)}`
    : momentOf(visit.startsAt, language);
  const times = (talk?.times ?? []).filter((one) => one !== visit.startsAt);
  const minutes = Math.round((Date.parse(visit.endsAt) - Date.parse(visit.startsAt)) / 60_000);
  const faults = {
    closed: texts.talk.closed,
    changed: texts.proposal.changed,
    'not-sent': texts.talk.notSent,
  };
  const said = fault !== 'none' && (
    <Notice tone="warn">
      <p>{faults[fault]}</p>
    </Notice>
  );
  if (choosing && times.length > 0)
    return (
      <Screen
        eyebrow={isMine ? undefined : texts.proposal.eyebrow(visit.worker)}
        title={texts.proposal.otherTitle}
        numbers={page}
      >
        {said}
        <ChooseTime
          times={times}
          legend={texts.talk.choose}
          send={texts.proposal.sendOther}
          back={texts.proposal.back}
          busy={busy}
          onSend={(other) => {
            onAnswer({ answer: 'other', other });
            setChoosing(false);
          }}
          onBack={() => setChoosing(false)}
        />
      </Screen>
    );
  const no = (
    <Button look="quiet" disabled={busy} onPress={() => onAnswer({ answer: 'no' })}>
      {isMine ? texts.talk.withdraw : texts.proposal.no}
    </Button>
  );
  const other = times.length > 0 && (
    <Button disabled={busy} onPress={() => setChoosing(true)}>
      {texts.proposal.other}
    </Button>
  );
  if (isMine)
    return (
      <Screen title={texts.proposal.mine} numbers={page} actions={[other, no]}>
        {said}
        <p className="lead" role="status">
          {texts.proposal.mineLead(visit.worker, time)}
        </p>
        <p className="quiet-text">{texts.after.closePage}</p>
      </Screen>
    );
  return (
    <Screen
      eyebrow={texts.proposal.eyebrow(visit.worker)}
      title={texts.proposal.title(time)}
      numbers={page}
      actions={
        <>
          <Button look="primary" disabled={busy} onPress={() => onAnswer({ answer: 'yes' })}>
            {texts.proposal.yes}
          </Button>
          {other}
          {no}
        </>
      }
    >
      {said}
      <p>{texts.proposal.lead(minutes)}</p>
      <p>{texts.proposal.fine}</p>
      {talk !== null && times.length === 0 && (
        <p className="quiet-text">{texts.proposal.noTimes(visit.worker)}</p>
      )}
    </Screen>
  );
}

/** They said no, which is quite all right, and may ask for another time. */
export function Declined({ page, talk }: { readonly page: CallPage; readonly talk: TalkProps }) {
  const texts = useTexts();
  return (
    <Screen title={texts.proposal.declined} numbers={page}>
      <p className="lead">{texts.proposal.declinedLead}</p>
      <Talk {...talk} />
      <p className="quiet-text">{texts.after.closePage}</p>
    </Screen>
  );
}
