import type { TroubleStep } from '@naer/core/contract/call-codes';
import type { CallPage } from '@naer/core/contract/call-page';
import type { ReactNode } from 'react';
import type { Call, CallSnapshot } from '../media/state.ts';
import { RequestFailure } from '../request-failure.ts';
import { After } from '../screens/after.tsx';
import { Agenda } from '../screens/agenda.tsx';
import { CallScreen } from '../screens/call/call.tsx';
import type { PlanActs } from '../screens/call/plan.tsx';
import { Failed } from '../screens/failed.tsx';
import { Finish, Finished, type FinishProps } from '../screens/finish.tsx';
import { LinkInUse, LinkNotValid, Pin } from '../screens/link.tsx';
import { attachStream, Screen } from '../screens/parts.tsx';
import { Declined, Proposal, type ProposalProps } from '../screens/proposal.tsx';
import { agreedOf } from '../screens/rules.tsx';
import { Slip } from '../screens/slip.tsx';
import type { TalkProps } from '../screens/talk.tsx';
import { TestStepScreen, TestsDone } from '../screens/tests.tsx';
import { BrowserTooOld, EnterTrouble, GiveUp, Opening, ServiceDown, Slowed } from '../screens/trouble.tsx';
import { LettingIn, Refused, Waiting } from '../screens/waiting.tsx';
import { Welcome, type WelcomeProps } from '../screens/welcome.tsx';
import { drawnScreen, drawnStream } from './picture.ts';
import { planPdf, planPicture } from './plan-file.ts';
import {
  at,
  callOf,
  chat,
  hostPage,
  keysOf,
  pageOf,
  personOf,
  seats,
  testsOf,
  waitingCitizen,
  weeklyPlan,
} from './sample.ts';

interface Shown {
  readonly render: () => ReactNode;
  /** Without the frame of the others. */
  readonly bare?: boolean;
}

const nothing = () => undefined;
const later = async () => undefined;
/** The gallery's clock stands on a Tuesday in November, wherever and whenever it is looked at. */
const aheadOf = (instant: string) => Date.parse(instant) - Date.now();
const numbers = { helpPhone: '+4570000000', acutePhone: '+45112' };

const media: Omit<Call, 'subscribe' | 'getSnapshot'> = {
  setCamera: later,
  setMicrophone: later,
  turnCamera: later,
  setSharing: async () => true,
  useDevice: later,
  say: later,
  sayAgain: later,
  plan: { look: nothing, turn: nothing, leave: nothing },
  startSound: later,
  show: (element, seat, source) =>
    attachStream(
      source === 'screen' ? drawnScreen() : drawnStream(seat === null ? 150 : 200 + seat.charCodeAt(35) * 40),
    )(element),
};
const host = {
  admit: nothing,
  refuse: nothing,
  declareAlone: nothing,
  tellCompany: nothing,
  prepare: async () => true,
};
/** A sheet that is drawn, or a PDF of two pages. */
const plan: PlanActs = {
  keep: async () => new RequestFailure('file_not_usable', { kind: 'office' }),
  read: async () => planPdf(),
  remove: async () => false,
};

const testing = (
  step: 'camera' | 'microphone' | 'loudspeaker' | 'network',
  tests: ReturnType<typeof testsOf>,
) => ({
  render: () => (
    <TestStepScreen
      step={step}
      tests={tests}
      numbers={numbers}
      onRun={nothing}
      onHeard={nothing}
      onNext={nothing}
      onSkipAll={nothing}
    />
  ),
});

const calling = (
  page: CallPage = pageOf(),
  call: CallSnapshot = callOf(),
  keys = keysOf(seats.citizen),
  acts = plan,
): Shown => ({
  bare: true,
  render: () => (
    <CallScreen
      page={page}
      call={call}
      keys={keys}
      numbers={numbers}
      platform="ipad"
      media={media}
      host={host}
      plan={acts}
      canShare
      onHangUp={nothing}
      onGiveUp={nothing}
    />
  ),
});

const times = [at(13, 0), at(14, 30, 25), at(9, 0, 26), at(13, 30, 26), at(10, 0, 27)];
const talk = (over: Partial<TalkProps> = {}): TalkProps => ({
  talk: { worker: 'Mette', asked: null, times },
  busy: false,
  fault: 'none',
  numbers,
  onAsk: nothing,
  onWithdraw: nothing,
  ...over,
});
const asked = { worker: 'Mette', asked: { wishedAt: at(14, 30, 25), askedAt: at(10, 40) }, times };

const welcome = (page: CallPage, now: string, tested = false, over: Partial<WelcomeProps> = {}): Shown => ({
  render: () => (
    <Welcome
      page={page}
      aheadMs={aheadOf(now)}
      tested={tested}
      busy={false}
      agreed={false}
      talk={page.me.isHost ? null : talk()}
      onPrepare={async () => true}
      {...over}
      onEnter={nothing}
      onTest={nothing}
    />
  ),
});
const waiting = (page: CallPage, now: string): Shown => ({
  render: () => (
    <Waiting
      page={page}
      aheadMs={aheadOf(now)}
      isAudible
      onSound={nothing}
      onTrouble={nothing}
      onLeave={nothing}
    />
  ),
});
const failure = {
  step: 'no-picture',
  at: at(10, 5),
  caller: 'worker',
  phonesBy: at(10, 8),
  speakAgain: 'by-phone-at-once',
} as const;
const failed = (
  page: CallPage,
  now: string,
  over: Partial<NonNullable<CallPage['failure']>> = {},
): Shown => ({
  render: () => (
    <Failed
      page={page}
      failure={{ ...failure, ...over }}
      aheadMs={aheadOf(now)}
      onReadPhone={async () => '+4520000042'}
    />
  ),
});
const after = (
  hungUp: boolean,
  next: CallPage['visit']['next'],
  answer: 'open' | 'answered' = 'open',
  offered: TalkProps = talk(),
): Shown => ({
  render: () => (
    <After
      page={pageOf({ visit: { ...pageOf().visit, next } })}
      left={hungUp ? 'call' : 'none'}
      mayGoBack={hungUp}
      asked={answer}
      talk={offered}
      onWorked={nothing}
      onGoBack={nothing}
    />
  ),
});

const proposedPage = (by: 'citizen' | 'worker'): CallPage =>
  pageOf({
    state: 'prepared',
    visit: {
      ...pageOf().visit,
      ...{ startsAt: at(14, 0, 26), endsAt: at(14, 30, 26), state: 'proposed', proposedBy: by, next: null },
    },
  });
const proposal = (over: Partial<ProposalProps> = {}): Shown => ({
  render: () => (
    <Proposal
      page={proposedPage('worker')}
      talk={{ worker: 'Mette', asked: null, times }}
      busy={false}
      fault="none"
      onAnswer={nothing}
      {...over}
    />
  ),
});
const finish = (over: Partial<FinishProps> = {}): Shown => ({
  render: () => (
    <Finish
      page={hostPage()}
      suggestedMinutes={27}
      mayGoBack
      busy={false}
      failure={null}
      onFinish={nothing}
      onGoBack={nothing}
      {...over}
    />
  ),
});

const letIn = (trouble: TroubleStep | null): Shown => ({
  render: () => (
    <LettingIn
      numbers={numbers}
      canEncrypt
      agreed={agreedOf(pageOf())}
      trouble={trouble}
      platform="ipad"
      onGiveUp={nothing}
      onHangUp={nothing}
    />
  ),
});

const hostWithWaiting = hostPage({ seats: [seats.worker, waitingCitizen], aloneSince: null });
const meeting = pageOf({ seats: Object.values(seats) });
/** Eight with the citizen, who looks at it. */
const inMeeting = [
  seats.worker,
  seats.guest,
  seats.colleague,
  ...(['relative', 'interpreter', 'health-care', 'residence-staff'] as const).map((role, nth) => ({
    ...seats.guest,
    id: seats.guest.id.slice(0, -1) + (5 + nth),
    role,
  })),
];
const meetingOfEight = pageOf({ seats: [seats.citizen, ...inMeeting], company: 'relative' });
const waitingGuests = inMeeting
  .slice(3, 5)
  .map((seat) => ({ ...seat, state: 'waiting' as const, present: false, waitingSince: at(10, 1) }));

export const screens: Readonly<Record<string, Shown>> = {
  opening: { render: () => <Opening /> },
  'link-not-valid': {
    render: () => <LinkNotValid helpPhone="+4570000000" onAsk={async () => true} />,
  },
  'link-not-valid-no-phone': { render: () => <LinkNotValid helpPhone={null} onAsk={async () => false} /> },
  pin: { render: () => <Pin helpPhone="+4570000000" wrong={false} busy={false} onPin={nothing} /> },
  'pin-wrong': { render: () => <Pin helpPhone="+4570000000" wrong busy={false} onPin={nothing} /> },
  'link-in-use': { render: () => <LinkInUse numbers={numbers} stillOpen={false} onTakeOver={nothing} /> },
  'link-in-use-still': { render: () => <LinkInUse numbers={numbers} stillOpen onTakeOver={nothing} /> },
  slowed: { render: () => <Slowed seconds={40} numbers={numbers} /> },
  'browser-too-old': {
    render: () => <BrowserTooOld platform="ipad" inAnotherApp={false} numbers={numbers} onGiveUp={nothing} />,
  },
  welcome: welcome(pageOf(), at(9, 55)),
  'welcome-early': welcome(pageOf(), at(8, 12)),
  'welcome-days-early': welcome(pageOf(), at(8, 12, 22)),
  'welcome-over': welcome(pageOf(), at(11, 40)),
  'welcome-not-taken': {
    render: () => (
      <>
        <Slip failure={new RequestFailure('call_not_open', { opens: '9.30' })} onClose={nothing} />
        {welcome(pageOf(), at(8, 12)).render()}
      </>
    ),
  },
  'welcome-tested': welcome(pageOf(), at(9, 55), true),
  'welcome-host': welcome(hostPage(), at(9, 55)),
  'welcome-host-writing': {
    render: () => (
      <Screen title="Din samtale" numbers={numbers}>
        <Agenda page={hostPage()} editing onSave={async () => false} />
      </Screen>
    ),
  },
  'welcome-agreed': welcome(pageOf(), at(8, 12, 22), false, { agreed: true, talk: null }),
  proposal: proposal(),
  'proposal-choosing': proposal({ choosing: true }),
  'proposal-changed': proposal({ fault: 'changed' }),
  'proposal-no-times': proposal({ talk: { worker: 'Mette', asked: null, times: [] } }),
  'proposal-mine': proposal({ page: proposedPage('citizen') }),
  declined: { render: () => <Declined page={proposedPage('worker')} talk={talk()} /> },
  'test-camera-asking': testing('camera', testsOf({ camera: { running: true } })),
  'test-camera': {
    render: () =>
      testing('camera', testsOf({ camera: { outcome: 'good' } }, { stream: drawnStream(150) })).render(),
  },
  'test-camera-refused': testing(
    'camera',
    testsOf({ camera: { outcome: 'failed', advice: 'allow-camera', trouble: 'camera-refused' } }),
  ),
  'test-microphone': testing(
    'microphone',
    testsOf(
      { microphone: { outcome: 'good' } },
      {
        level: 0.6,
        microphoneId: 'one',
        microphones: [
          { id: 'one', label: 'iPad-mikrofon' },
          { id: 'two', label: 'Headset' },
        ],
      },
    ),
  ),
  'test-microphone-silent': testing(
    'microphone',
    testsOf({ microphone: { outcome: 'weak', advice: 'speak-or-unmute' } }),
  ),
  'test-loudspeaker': testing('loudspeaker', testsOf()),
  'test-loudspeaker-asked': testing('loudspeaker', testsOf({ loudspeaker: { running: true } })),
  'test-loudspeaker-failed': testing(
    'loudspeaker',
    testsOf({ loudspeaker: { outcome: 'failed', advice: 'turn-up-sound' } }),
  ),
  'test-network': testing('network', testsOf({ network: { running: true } })),
  'test-network-good': testing('network', testsOf({ network: { outcome: 'good' } })),
  'test-network-blocked': testing(
    'network',
    testsOf({ network: { outcome: 'failed', advice: 'use-other-network', trouble: 'network-blocked' } }),
  ),
  'test-network-media-down': testing(
    'network',
    testsOf({ network: { outcome: 'failed', advice: 'not-yours', trouble: 'media-down' } }),
  ),
  'tests-done': {
    render: () => (
      <TestsDone
        tests={testsOf({
          camera: { outcome: 'good' },
          microphone: { outcome: 'good' },
          loudspeaker: { outcome: 'good' },
          network: { outcome: 'good' },
        })}
        numbers={numbers}
        nextLabel="Gå til venteværelset"
        onNext={nothing}
      />
    ),
  },
  'tests-done-weak': {
    render: () => (
      <TestsDone
        tests={testsOf({
          camera: { outcome: 'failed', advice: 'allow-camera', trouble: 'camera-refused' },
          microphone: { outcome: 'good' },
          network: { outcome: 'weak', advice: 'come-closer-to-network' },
        })}
        numbers={numbers}
        nextLabel="Gå til venteværelset"
        onNext={nothing}
      />
    ),
  },
  waiting: waiting(pageOf({ seats: [{ ...seats.worker, present: false }] }), at(9, 55)),
  'waiting-late': waiting(pageOf({ seats: [{ ...seats.worker, present: false }] }), at(10, 4)),
  'waiting-over': waiting(pageOf({ seats: [{ ...seats.worker, present: false }] }), at(11, 40)),
  'waiting-host-here': waiting(pageOf(), at(10, 0)),
  'letting-in': letIn(null),
  'letting-in-trouble': letIn('media-down'),
  refused: { render: () => <Refused numbers={numbers} /> },
  'enter-trouble': {
    render: () => (
      <EnterTrouble
        step="network-blocked"
        agreed={agreedOf(pageOf())}
        numbers={numbers}
        platform="ipad"
        busy={false}
        onTry={nothing}
        onGiveUp={nothing}
      />
    ),
  },
  dropped: {
    render: () => (
      <EnterTrouble
        step="dropped"
        agreed={agreedOf(pageOf())}
        numbers={numbers}
        platform="ipad"
        busy={false}
        onTry={nothing}
        onGiveUp={nothing}
      />
    ),
  },
  'give-up': {
    render: () => <GiveUp agreed={agreedOf(pageOf())} numbers={numbers} onYes={nothing} onNo={nothing} />,
  },
  'service-down': {
    render: () => (
      <ServiceDown
        agreed={agreedOf(pageOf())}
        numbers={numbers}
        since={Date.parse(at(10, 1))}
        onTry={nothing}
      />
    ),
  },
  'service-down-unknown': {
    render: () => (
      <ServiceDown
        agreed={null}
        numbers={{ helpPhone: null, acutePhone: null }}
        since={Date.parse(at(10, 1))}
        onTry={nothing}
      />
    ),
  },
  call: calling(),
  'call-connecting': calling(pageOf(), callOf({ people: [], encryption: null })),
  'call-camera-off': calling(
    pageOf({ aloneSince: null }),
    callOf({ people: [personOf(seats.worker, { camera: null, sound: 'muted' })], quality: 'poor' }),
  ),
  'call-muted': calling(
    pageOf(),
    callOf({
      own: {
        ...callOf().own,
        microphone: { state: 'off', trouble: null, deviceId: 'one' },
        camera: { state: 'off', trouble: null, deviceId: 'one' },
        picture: null,
      },
    }),
  ),
  'call-in-transit': calling(pageOf({ encryption: 'in-transit' }), callOf({ encryption: 'in-transit' })),
  'call-reconnecting': calling(
    pageOf(),
    callOf({ state: 'reconnecting', reconnectingSince: Date.parse(at(10, 4)), quality: 'lost' }),
  ),
  'call-chat-on-stage': calling(pageOf(), callOf({ troubles: ['no-sound'], chat, quality: 'poor' })),
  'call-no-microphone': calling(
    pageOf(),
    callOf({
      troubles: ['microphone-refused'],
      own: {
        ...callOf().own,
        microphone: { state: 'failed', trouble: 'microphone-refused', deviceId: null },
      },
    }),
  ),
  'call-chat': calling(pageOf(), callOf({ chat })),
  'call-mismatch': calling(
    pageOf(),
    callOf({ people: [personOf(seats.worker, { undecodable: true })] }),
    keysOf(seats.citizen, { progress: 'mismatch', code: null }),
  ),
  'call-screen': calling(
    pageOf(),
    callOf({ people: [personOf(seats.worker, { screen: { id: 'screen', live: true } })] }),
  ),
  'call-meeting': calling(
    meeting,
    callOf({
      people: [
        personOf(seats.worker, { speaking: true }),
        personOf(seats.guest, { sound: 'muted' }),
        personOf(seats.colleague, { camera: null }),
      ],
    }),
  ),
  'call-plan-looked-at': calling(
    pageOf({ plan: weeklyPlan }),
    callOf({ plan: { place: { plan: weeklyPlan.id, page: 2, turn: 1 }, lookers: [seats.worker.id] } }),
  ),
  'call-plan-picture': calling(
    pageOf({ plan: { ...weeklyPlan, format: 'jpeg', pages: 1, byCitizen: true } }),
    callOf(),
    keysOf(seats.citizen),
    { ...plan, read: planPicture },
  ),
  'call-plan-not-fetched': calling(pageOf({ plan: weeklyPlan }), callOf(), keysOf(seats.citizen), {
    ...plan,
    read: async () => null,
  }),
  'call-meeting-eight': calling(
    meetingOfEight,
    callOf({
      people: inMeeting.map((seat, nth) =>
        personOf(seat, { speaking: nth === 2, camera: nth === 4 ? null : { id: `c${nth}`, live: true } }),
      ),
    }),
  ),
  'call-meeting-screen': calling(
    meetingOfEight,
    callOf({
      people: inMeeting
        .slice(0, 4)
        .map((seat, nth) => personOf(seat, { screen: nth === 0 ? { id: 's', live: true } : null })),
    }),
  ),
  'call-company': calling(pageOf({ company: 'relative' })),
  'call-needs-tap': calling(pageOf(), callOf({ needsTap: true })),
  'host-waiting': calling(hostWithWaiting, callOf({ people: [], encryption: null }), { seats: [], epoch: 1 }),
  'host-meeting': calling(
    hostPage({
      seats: [seats.worker, seats.citizen, { ...seats.colleague }, ...waitingGuests],
      company: 'relative',
    }),
    callOf({ people: [personOf(seats.citizen), personOf(seats.colleague)] }),
    keysOf(seats.citizen),
  ),
  'host-no-sound': calling(hostPage(), callOf({ people: [personOf(seats.citizen, { sound: 'none' })] })),
  'host-call': calling(hostPage(), callOf({ people: [personOf(seats.citizen)] })),
  failed: failed(pageOf(), at(10, 6)),
  'failed-overdue': failed(pageOf(), at(10, 12)),
  'failed-citizen-phones': failed(pageOf(), at(10, 6), { caller: 'citizen', speakAgain: 'same-day' }),
  'failed-host': failed(hostPage(), at(10, 6)),
  'failed-guest': failed(
    pageOf({ me: { ...pageOf().me, kind: 'guest' }, visit: { ...pageOf().visit, next: null } }),
    at(10, 6),
  ),
  after: after(false, { startsAt: at(10, 0, 30), channel: 'video' }),
  'after-hung-up': after(true, { startsAt: at(14, 15), channel: 'phone' }),
  'after-answered': after(false, null, 'answered'),
  'after-asking': after(false, null, 'answered', talk({ open: true })),
  'after-asking-closed': after(false, null, 'answered', talk({ open: true, fault: 'closed' })),
  'after-asked': after(false, null, 'answered', talk({ talk: asked })),
  finish: finish(),
  'finish-none-planned': finish({ page: hostPage({ visit: { ...hostPage().visit, next: null } }) }),
  'finish-nobody-came': finish({
    page: hostPage({ seats: [seats.worker, { ...waitingCitizen, state: 'invited' }] }),
    suggestedMinutes: 0,
  }),
  'finish-taken': finish({
    failure: new RequestFailure('hold_refused', {
      missing_da: 'medarbejderen er optaget',
      missing_en: 'the worker is busy',
      nearest_da: 'tirsdag 1. december kl. 10.30–11.00',
      nearest_en: 'Tuesday 1 December, 10:30–11:00',
    }),
  }),
  finished: { render: () => <Finished page={hostPage()} onAdd={nothing} /> },
};
