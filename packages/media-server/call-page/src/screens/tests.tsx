import type { TestOutcome, TestStep } from '@naer/core/contract/call-codes';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import type { StepState, TestsSnapshot } from '../device/codes.ts';
import { adviceFor } from '../texts/advice.ts';
import { useLanguage, useTexts } from '../texts/index.ts';
import { Icon, type IconName } from './icons.tsx';
import { attachStream, Button, Moving, Notice, type Numbers, Screen } from './parts.tsx';

/** The steps that have a screen of their own; the browser is looked at without asking. */
export const testScreens = ['camera', 'microphone', 'loudspeaker', 'network'] as const;
export type TestScreen = (typeof testScreens)[number];

export interface TestStepProps {
  readonly step: TestScreen;
  readonly tests: TestsSnapshot;
  readonly numbers: Numbers;
  /** Runs the step of this screen, again or with another device. */
  readonly onRun: (deviceId?: string) => void;
  readonly onHeard: (yes: boolean) => void;
  readonly onNext: () => void;
  readonly onSkipAll: () => void;
}

export function TestStepScreen(props: TestStepProps) {
  const texts = useTexts();
  const { step, tests, numbers, onRun, onNext, onSkipAll } = props;
  const state = tests.steps[step];
  const nth = testScreens.indexOf(step) + 1;
  const titles: Record<TestScreen, string> = {
    camera: texts.test.cameraTitle,
    microphone: texts.test.microphoneTitle,
    loudspeaker: texts.test.loudspeakerTitle,
    network: texts.test.networkTitle,
  };
  const settled = state.outcome !== null && !state.running;
  const bad = state.outcome === 'failed' || state.outcome === 'weak';
  return (
    <Screen
      eyebrow={texts.test.count(nth, testScreens.length)}
      title={titles[step]}
      numbers={numbers}
      actions={
        <>
          {step === 'loudspeaker' ? (
            <Loudspeaker {...props} />
          ) : (
            <>
              {settled && bad && (
                <Button look="primary" onPress={() => onRun()}>
                  {texts.page.tryAgain}
                </Button>
              )}
              <Button look={bad || !settled ? 'plain' : 'primary'} onPress={onNext}>
                {settled ? (step === 'camera' && !bad ? texts.test.works : texts.page.next) : texts.page.skip}
              </Button>
            </>
          )}
          <Button look="quiet" onPress={onSkipAll}>
            {texts.test.skipAll}
          </Button>
        </>
      }
    >
      {step === 'camera' && <CameraTest tests={tests} onRun={onRun} />}
      {step === 'microphone' && <MicrophoneTest tests={tests} onRun={onRun} />}
      {step === 'loudspeaker' && <p className="lead">{texts.test.loudspeakerLead}</p>}
      {step === 'network' && (
        <>
          {state.outcome !== 'failed' && (
            <p className="lead">
              {state.outcome === null
                ? texts.test.networkLead
                : state.outcome === 'unsure'
                  ? texts.test.networkUnsure
                  : texts.test.networkGood}
            </p>
          )}
          {state.running && <p role="status">{texts.test.testing}</p>}
          {state.running && <progress className="bar" aria-hidden />}
        </>
      )}
      <StepAdvice state={state} tests={tests} />
    </Screen>
  );
}

function CameraTest({ tests, onRun }: Pick<TestStepProps, 'tests' | 'onRun'>) {
  const texts = useTexts();
  const { stream } = tests;
  const hasPicture = stream !== null && stream.getVideoTracks().length > 0;
  // What to do about it is what is to be seen then, not a black field and a question that was answered.
  const isMissing = !hasPicture && tests.steps.camera.outcome === 'failed';
  return (
    <>
      {!isMissing && (
        <>
          <p className="lead">{hasPicture ? texts.test.cameraLead : texts.test.cameraAsk}</p>
          <div className="preview">
            {hasPicture ? (
              <Moving
                id={stream.id}
                attach={attachStream(stream)}
                label={texts.test.cameraPicture}
                mirrored
                className="picture"
              />
            ) : (
              <Icon name="camera" />
            )}
          </div>
        </>
      )}
      <ChooseDevice
        label={texts.call.camera}
        choices={tests.cameras}
        chosen={tests.cameraId}
        onChoose={onRun}
      />
    </>
  );
}

function MicrophoneTest({ tests, onRun }: Pick<TestStepProps, 'tests' | 'onRun'>) {
  const texts = useTexts();
  const { outcome, running } = tests.steps.microphone;
  return (
    <>
      {outcome !== 'failed' && (
        <>
          <p className="lead">{texts.test.microphoneLead}</p>
          <Meter level={tests.level} label={texts.test.microphoneMeter} />
        </>
      )}
      <p role="status" className="quiet-text">
        {outcome === 'good' ? texts.test.microphoneHeard : running ? texts.test.microphoneSilent : ''}
      </p>
      <ChooseDevice
        label={texts.call.microphone}
        choices={tests.microphones}
        chosen={tests.microphoneId}
        onChoose={onRun}
      />
    </>
  );
}

export function Meter({ level, label }: { readonly level: number; readonly label: string }) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (bar.current !== null) bar.current.style.transform = `scaleX(${Math.min(1, Math.max(0, level))})`;
  }, [level]);
  return (
    <div className="meter">
      <meter aria-label={label} value={Math.min(1, level)} />
      <div ref={bar} />
    </div>
  );
}

function Loudspeaker({ tests, onRun, onHeard, onNext }: TestStepProps) {
  const texts = useTexts();
  const { outcome } = tests.steps.loudspeaker;
  const play = (look: 'primary' | 'plain') => (
    <Button look={look} icon="loudspeaker" onPress={() => onRun()} disabled={tests.playing}>
      {outcome === null && !tests.playing && !tests.steps.loudspeaker.running
        ? texts.test.playTone
        : texts.test.playAgain}
    </Button>
  );
  if (outcome === 'failed')
    return (
      <>
        {play('primary')}
        <Button onPress={onNext}>{texts.page.next}</Button>
      </>
    );
  if (!tests.playing && !tests.steps.loudspeaker.running && outcome === null)
    return (
      <>
        {play('primary')}
        <Button onPress={onNext}>{texts.page.skip}</Button>
      </>
    );
  return (
    <>
      <Button look="primary" onPress={() => onHeard(true)}>
        {texts.test.hear}
      </Button>
      <Button onPress={() => onHeard(false)}>{texts.test.hearNot}</Button>
      {play('plain')}
    </>
  );
}

function StepAdvice({ state, tests }: { readonly state: StepState; readonly tests: TestsSnapshot }) {
  const texts = useTexts();
  const language = useLanguage();
  if (state.trouble === null && state.advice === null) return null;
  return (
    <Notice tone="warn">
      {state.trouble !== null && <p className="strong">{texts.trouble[state.trouble]}</p>}
      {state.advice !== null && <p>{adviceFor(state.advice, tests.platform, language)}</p>}
    </Notice>
  );
}

export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** Only where there is a choice. Browsers give devices no label before something was allowed. */
export function ChooseDevice({
  label,
  choices,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}) {
  if (choices.length < 2) return null;
  return (
    <label className="field">
      <span>{label}</span>
      <select value={chosen ?? ''} onChange={(event) => onChoose(event.target.value)}>
        {chosen === null && <option value="" />}
        {choices.map((choice, nth) => (
          <option key={choice.id} value={choice.id}>
            {choice.label === '' ? `${label} ${nth + 1}` : choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}

const outcomeIcons: Record<TestOutcome, IconName> = {
  good: 'check',
  weak: 'warning',
  failed: 'cross',
  unsure: 'unsure',
};

/** What a test found, one line a step. */
export function Outcomes({
  results,
}: {
  readonly results: readonly { readonly step: TestStep; readonly outcome: TestOutcome }[];
}) {
  const texts = useTexts();
  return (
    <ul className="outcomes">
      {results.map(({ step, outcome }) => (
        <li key={step} className={outcome}>
          <Icon name={outcomeIcons[outcome]} />
          <span>
            {texts.steps[step]} {texts.outcomes[outcome]}
          </span>
        </li>
      ))}
    </ul>
  );
}

export interface TestsDoneProps {
  readonly tests: TestsSnapshot;
  readonly numbers: Numbers;
  /** What comes next: the waiting room, or the welcome while it is too early. */
  readonly nextLabel: string;
  readonly onNext: () => void;
}

export function TestsDone({ tests, numbers, nextLabel, onNext }: TestsDoneProps): ReactNode {
  const texts = useTexts();
  const language = useLanguage();
  const steps = Object.values(tests.steps);
  const results = steps.map(({ step, outcome }) => ({ step, outcome: outcome ?? ('unsure' as const) }));
  const advices = steps.filter(
    ({ outcome, advice }) => advice !== null && (outcome === 'failed' || outcome === 'weak'),
  );
  return (
    <Screen
      title={advices.length > 0 ? texts.test.doneTitleWeak : texts.test.doneTitle}
      numbers={numbers}
      actions={
        <Button look="primary" onPress={onNext}>
          {nextLabel}
        </Button>
      }
    >
      <p className="lead">{advices.length > 0 ? texts.test.doneWeak : texts.test.doneLead}</p>
      <Outcomes results={results} />
      {advices.length > 0 && (
        <section className="part">
          <h2>{texts.test.whatToDo}</h2>
          {advices.map(({ step, advice }) => (
            <p key={step}>{advice !== null && adviceFor(advice, tests.platform, language)}</p>
          ))}
        </section>
      )}
    </Screen>
  );
}
