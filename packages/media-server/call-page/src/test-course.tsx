import { useEffect, useState, useSyncExternalStore } from 'react';
import type { DeviceTests, TestsSnapshot } from './device/codes.ts';
import type { MediaWish } from './media/state.ts';
import type { Numbers } from './screens/parts.tsx';
import { type TestScreen, TestStepScreen, TestsDone, testScreens } from './screens/tests.tsx';
import type { CallSession } from './session-state.ts';
import { useTexts } from './texts/index.ts';

/**
 * What to come in with after a test. A camera that failed is left off, and can be switched on within the call; a microphone
 * is tried again, since whoever cannot be heard is to have the chat before them.
 */
export function wishOf({ steps, cameraId, microphoneId }: TestsSnapshot): MediaWish {
  return {
    camera: steps.camera.outcome !== 'failed',
    microphone: true,
    ...(cameraId === null ? {} : { cameraId }),
    ...(microphoneId === null ? {} : { microphoneId }),
  };
}

export interface TestCourseProps {
  readonly session: Pick<CallSession, 'reportTests'>;
  readonly tests: DeviceTests;
  readonly numbers: Numbers;
  /** The waiting room is not open yet. */
  readonly early: boolean;
  readonly isHost: boolean;
  readonly onEnter: () => void;
  readonly onBack: () => void;
}

/** Camera, microphone, loudspeaker, network: one after the other, each to be skipped; what was found is told to the worker. */
export function TestCourse({ session, tests, numbers, early, isHost, onEnter, onBack }: TestCourseProps) {
  const texts = useTexts();
  const found = useSyncExternalStore(tests.subscribe, tests.getSnapshot);
  const [step, setStep] = useState<TestScreen | null>('camera');
  useEffect(() => {
    if (step === 'camera') void tests.testCamera();
    if (step === 'microphone') void tests.testMicrophone();
    if (step === 'network') void tests.testNetwork();
  }, [step, tests]);
  // Leaving in the middle lets go of the camera as well.
  useEffect(() => () => tests.close(), [tests]);

  const end = () => {
    tests.close();
    void session.reportTests(tests.results());
    setStep(null);
  };
  const next = () => {
    if (step === 'loudspeaker' && found.steps.loudspeaker.outcome === null) tests.heard(null);
    const following = testScreens[testScreens.indexOf(step ?? 'network') + 1];
    if (following === undefined) end();
    else setStep(following);
  };
  if (step === null)
    return (
      <TestsDone
        tests={found}
        numbers={numbers}
        nextLabel={early ? texts.page.next : isHost ? texts.welcome.enterAsHost : texts.welcome.enter}
        onNext={early ? onBack : onEnter}
      />
    );
  return (
    <TestStepScreen
      step={step}
      tests={found}
      numbers={numbers}
      onRun={(deviceId) => {
        if (step === 'camera') void tests.testCamera(deviceId);
        if (step === 'microphone') void tests.testMicrophone(deviceId);
        if (step === 'loudspeaker') void tests.playTone();
        if (step === 'network') void tests.testNetwork();
      }}
      onHeard={(yes) => {
        tests.heard(yes);
        if (yes) setStep('network');
      }}
      onNext={next}
      onSkipAll={end}
    />
  );
}
