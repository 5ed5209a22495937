import type { TroubleStep } from '@naer/core/contract/call-codes';
import type { CallPage } from '@naer/core/contract/call-page';
import { type ReactNode, useEffect, useState } from 'react';
import type { Chime } from './chime.ts';
import type { DeviceTests, TestsSnapshot } from './device/codes.ts';
import type { CallSnapshot } from './media/state.ts';
import type { RequestFailure } from './request-failure.ts';
import { After } from './screens/after.tsx';
import { CallScreen } from './screens/call/call.tsx';
import { Failed } from './screens/failed.tsx';
import { Finish, Finished } from './screens/finish.tsx';
import { LinkInUse, LinkNotValid, Pin } from './screens/link.tsx';
import type { Numbers } from './screens/parts.tsx';
import { Declined, Proposal } from './screens/proposal.tsx';
import { agreedOf } from './screens/rules.tsx';
import { BrowserTooOld, EnterTrouble, GiveUp, Opening, ServiceDown, Slowed } from './screens/trouble.tsx';
import { LettingIn, Refused, Waiting } from './screens/waiting.tsx';
import { Welcome } from './screens/welcome.tsx';
import type { CallSession } from './session-state.ts';
import { useTalk } from './talk.ts';
import { TestCourse, wishOf } from './test-course.tsx';
import { useStore } from './use-store.ts';
import type { View } from './view.ts';

export interface DueProps {
  readonly view: View;
  readonly page: CallPage | null;
  readonly call: CallSnapshot | null;
  readonly session: CallSession;
  readonly tests: DeviceTests;
  readonly chime: Chime;
  readonly numbers: Numbers;
  readonly aheadMs: number;
  readonly agreed: ReturnType<typeof agreedOf> | null;
}

/** The screen that is due, with what it may do. */
export function Due({
  view,
  page,
  call,
  session,
  tests,
  chime,
  numbers,
  aheadMs,
  agreed,
}: DueProps): ReactNode {
  const state = useStore(session);
  const found = useStore(tests);
  const isAudible = useStore(chime);
  const [course, setCourse] = useState<'none' | 'testing' | 'done'>('none');
  const [givingUp, setGivingUp] = useState(false);
  const [busy, setBusy] = useState(false);
  const [pinGiven, setPinGiven] = useState(false);
  const [takenOver, setTakenOver] = useState(false);
  const [worked, setWorked] = useState<'open' | 'answered' | 'skipped'>('open');
  const [finishing, setFinishing] = useState<'none' | 'done' | RequestFailure>('none');
  /** The host has begun to say what it was about: a visit that recorded itself meanwhile takes nothing from them. */
  const [adding, setAdding] = useState(false);
  useEffect(() => {
    if (view.name === 'finish') setAdding(true);
  }, [view.name]);
  const [answered, setAnswered] = useState<'none' | 'yes' | ProposalFault>('none');
  const isCitizen = page?.me.kind === 'citizen';
  const isEarly = page !== null && Date.parse(page.visit.opensAt) > Date.now() + aheadMs;
  const mayAsk = isCitizen && mayAskOn.has(view.name) && (view.name !== 'welcome' || isEarly);
  const talk = { ...useTalk(session.api, mayAsk), numbers };
  const run = (act: Promise<unknown>) => {
    setBusy(true);
    void act.finally(() => setBusy(false));
  };
  const giveUp = () => session.tellTrouble(troubleNow(view, call, found), true);
  const enter = () => {
    chime.prepare();
    tests.close();
    run(session.wait(wishOf(found)));
  };

  switch (view.name) {
    case 'opening':
      return <Opening />;
    case 'link-not-valid':
      return <LinkNotValid helpPhone={numbers.helpPhone} onAsk={(to) => session.askNewLink(to)} />;
    case 'pin':
      return (
        <Pin
          helpPhone={numbers.helpPhone}
          wrong={pinGiven && !busy}
          busy={busy}
          onPin={(pin) => {
            setPinGiven(true);
            run(session.open({ pin }));
          }}
        />
      );
    case 'slowed':
      return <Slowed seconds={view.seconds} numbers={numbers} />;
    case 'link-in-use':
      return (
        <LinkInUse
          numbers={numbers}
          stillOpen={takenOver && !busy}
          onTakeOver={() => {
            setTakenOver(true);
            run(session.takeOver());
          }}
        />
      );
    case 'service-down':
      return (
        <ServiceDown agreed={agreed} numbers={numbers} since={view.since} onTry={() => run(session.open())} />
      );
  }
  if (page === null) return <Opening />;
  const agreement = agreedOf(page);
  const goesOn = page.state === 'prepared' || page.state === 'on';
  if (givingUp && view.name !== 'failed' && view.name !== 'call')
    return (
      <GiveUp
        agreed={agreement}
        numbers={numbers}
        onYes={() => void giveUp().finally(() => setGivingUp(false))}
        onNo={() => setGivingUp(false)}
      />
    );

  switch (view.name) {
    case 'browser-too-old':
      return (
        <BrowserTooOld
          platform={found.platform}
          inAnotherApp={found.steps.browser.advice === 'open-in-browser'}
          numbers={numbers}
          onGiveUp={isEarly ? null : () => setGivingUp(true)}
        />
      );
    case 'refused':
      return <Refused numbers={numbers} />;
    case 'welcome':
      return course === 'testing' ? (
        <TestCourse
          session={session}
          tests={tests}
          numbers={numbers}
          early={isEarly && !page.me.isHost}
          isHost={page.me.isHost}
          onEnter={enter}
          onBack={() => setCourse('done')}
        />
      ) : (
        <Welcome
          page={page}
          aheadMs={aheadMs}
          tested={course === 'done'}
          busy={busy}
          agreed={answered === 'yes'}
          talk={isCitizen ? talk : null}
          onPrepare={(agenda) => session.prepare(agenda)}
          onEnter={enter}
          onTest={() => {
            chime.prepare();
            setCourse('testing');
          }}
        />
      );
    case 'waiting':
      return (
        <Waiting
          page={page}
          aheadMs={aheadMs}
          isAudible={isAudible}
          onSound={() => chime.ring()}
          onTrouble={() => setGivingUp(true)}
          onLeave={() => run(session.hangUp())}
        />
      );
    case 'letting-in':
      return (
        <LettingIn
          numbers={numbers}
          canEncrypt={state.canEncrypt}
          agreed={agreement}
          trouble={view.trouble}
          platform={found.platform}
          onGiveUp={() => setGivingUp(true)}
          onHangUp={() => run(session.hangUp())}
        />
      );
    case 'enter-trouble':
      return (
        <EnterTrouble
          step={view.step}
          agreed={agreement}
          numbers={numbers}
          platform={found.platform}
          busy={busy}
          onTry={() => run(session.comeBack())}
          onGiveUp={() => setGivingUp(true)}
        />
      );
    case 'call':
      if (call === null || state.call === null) return <Opening />;
      return (
        <CallScreen
          page={page}
          call={call}
          keys={state.keys}
          numbers={numbers}
          platform={found.platform}
          media={state.call}
          host={{
            admit: (seat) => void session.admit(seat),
            refuse: (seat) => void session.refuse(seat),
            declareAlone: (alone) => void session.declareAlone(alone),
            tellCompany: (company) => void session.tellCompany(company),
            prepare: (agenda) => session.prepare(agenda),
          }}
          plan={{ keep: session.keepPlan, read: session.readPlan, remove: session.removePlan }}
          canShare={typeof navigator.mediaDevices?.getDisplayMedia === 'function'}
          onHangUp={() => void session.hangUp()}
          onGiveUp={() => void giveUp()}
        />
      );
    case 'failed':
      if (page.failure === null) return <Opening />;
      return (
        <Failed
          page={page}
          failure={page.failure}
          aheadMs={aheadMs}
          onReadPhone={() => session.readPhone()}
        />
      );
    case 'finish':
    case 'finished':
      if (finishing === 'done') return <Finished page={page} onAdd={null} />;
      if (view.name === 'finished' && !adding) return <Finished page={page} onAdd={() => setAdding(true)} />;
      return (
        <Finish
          page={page}
          suggestedMinutes={page.minutes ?? 0}
          mayGoBack={goesOn}
          busy={busy}
          failure={typeof finishing === 'string' ? null : finishing}
          onFinish={(end) =>
            run(
              session
                .finish(end)
                .then((taken) =>
                  setFinishing(taken ? 'done' : (session.getSnapshot().lastFailure ?? 'none')),
                ),
            )
          }
          onGoBack={() => run(session.comeBack())}
        />
      );
    case 'proposal':
      return (
        <Proposal
          page={page}
          talk={talk.talk}
          busy={busy}
          fault={answered === 'yes' ? 'none' : answered}
          onAnswer={(answer) => {
            const { startsAt } = page.visit;
            const answering = session.answerProposal({ startsAt, ...answer }).then((taken) => {
              const { lastFailure } = session.getSnapshot();
              setAnswered(!taken ? faultOf(lastFailure?.code) : answer.answer === 'yes' ? 'yes' : 'none');
              talk.refresh();
            });
            run(answering);
          }}
        />
      );
    case 'declined':
      return <Declined page={page} talk={talk} />;
    case 'after':
      return (
        <After
          page={page}
          left={!state.hungUp ? 'none' : call === null ? 'waiting-room' : 'call'}
          mayGoBack={state.hungUp && goesOn}
          asked={call === null && state.hungUp ? 'skipped' : worked}
          talk={isCitizen ? talk : null}
          onWorked={(yes) => {
            if (yes === null) setWorked('skipped');
            else run(session.answerWorked(yes).then((taken) => setWorked(taken ? 'answered' : 'open')));
          }}
          onGoBack={() => run(session.comeBack())}
        />
      );
  }
}

/** Where a citizen may ask for a talk, or choose another time. */
const mayAskOn: ReadonlySet<View['name']> = new Set(['welcome', 'after', 'proposal', 'declined'] as const);

type ProposalFault = 'closed' | 'changed' | 'not-sent';
const faultOf = (code: string | undefined): ProposalFault =>
  code === 'talk_hours_closed' ? 'closed' : code === 'proposal_changed' ? 'changed' : 'not-sent';

/** What fails most, as far as the page knows it: support can do something with that, and with "it does not work" nothing. */
const troubleNow = (view: View, call: CallSnapshot | null, { steps }: TestsSnapshot): TroubleStep =>
  (view.name === 'enter-trouble' ? view.step : null) ??
  call?.troubles[0] ??
  Object.values(steps).find(({ trouble }) => trouble !== null)?.trouble ??
  'does-not-work';
