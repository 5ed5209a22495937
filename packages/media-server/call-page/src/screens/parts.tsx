import { type ReactNode, useEffect, useRef, useState } from 'react';
import { phoneOf, telOf } from '../texts/format.ts';
import { useTexts } from '../texts/index.ts';
import { Icon, type IconName } from './icons.tsx';

/** The numbers that stand on every screen, as far as they are known. */
export interface Numbers {
  readonly helpPhone: string | null;
  readonly acutePhone: string | null;
}

export interface ScreenProps {
  readonly title: string;
  /** A line above the heading: where in the course of things this is. */
  readonly eyebrow?: string | undefined;
  readonly numbers?: Numbers | undefined;
  readonly children: ReactNode;
  /** What one can press here; the first is what most people want. */
  readonly actions?: ReactNode;
}

/** One screen, one decision: a heading that takes the focus, what there is to know, and large buttons. */
export function Screen({ title, eyebrow, numbers, children, actions }: ScreenProps) {
  const texts = useTexts();
  const heading = useHeading(title);
  return (
    <>
      <main className="screen">
        <div className="card">
          {eyebrow !== undefined && <p className="eyebrow">{eyebrow}</p>}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {children}
          {actions !== undefined && <div className="actions">{actions}</div>}
        </div>
      </main>
      {numbers !== undefined && (numbers.helpPhone !== null || numbers.acutePhone !== null) && (
        <footer className="numbers">
          {numbers.helpPhone !== null && (
            <p>
              {texts.page.needHelp} <PhoneLink number={numbers.helpPhone} />
            </p>
          )}
          {numbers.acutePhone !== null && (
            <p>
              {texts.page.acute} <PhoneLink number={numbers.acutePhone} />
            </p>
          )}
        </footer>
      )}
    </>
  );
}

/** Whoever reads by ear hears the heading of each new screen first; the window is named after it. */
export function useHeading(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [title]);
  return heading;
}

export function PhoneLink({ number }: { readonly number: string }) {
  const texts = useTexts();
  return (
    <a className="phone" href={telOf(number)}>
      {texts.page.callNumber(phoneOf(number))}
    </a>
  );
}

/** A number as the thing to do on this screen. */
export function PhoneButton({ number }: { readonly number: string }) {
  const texts = useTexts();
  return (
    <a className="button primary" href={telOf(number)}>
      <Icon name="phone" />
      {texts.page.callNumber(phoneOf(number))}
    </a>
  );
}

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  readonly disabled?: boolean;
}

export function Button({ children, onPress, look = 'plain', icon, disabled = false }: ButtonProps) {
  return (
    <button type="button" className={`button ${look}`} onClick={onPress} disabled={disabled}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A remark that is read out when it appears. */
export function Notice({
  tone = 'calm',
  icon,
  children,
}: {
  readonly tone?: 'calm' | 'warn' | 'good';
  readonly icon?: IconName;
  readonly children: ReactNode;
}) {
  const icons = { calm: 'info', warn: 'warning', good: 'check' } as const;
  return (
    <div className={`notice ${tone}`} role="status">
      <Icon name={icon ?? icons[tone]} />
      <div>{children}</div>
    </div>
  );
}

/** The time now, every second while `running`; ahead or behind by what the service's clock says. */
export function useNow(running: boolean, aheadMs = 0): number {
  const [now, setNow] = useState(() => Date.now() + aheadMs);
  useEffect(() => {
    setNow(Date.now() + aheadMs);
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now() + aheadMs), 1000);
    return () => clearInterval(timer);
  }, [running, aheadMs]);
  return now;
}

/** Somebody's camera or screen. `attach` shows it in the element and gives back what ends that. */
export function Moving({
  id,
  attach,
  label,
  mirrored = false,
  className,
}: {
  readonly id: string;
  readonly attach: (element: HTMLVideoElement) => () => void;
  readonly label: string;
  readonly mirrored?: boolean;
  readonly className: string;
}) {
  const element = useRef<HTMLVideoElement>(null);
  const latest = useRef(attach);
  latest.current = attach;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another id is another track, and nothing else is.
  useEffect(() => {
    if (element.current === null) return;
    return latest.current(element.current);
  }, [id]);
  return (
    <video
      ref={element}
      className={mirrored ? `${className} mirrored` : className}
      aria-label={label}
      autoPlay
      playsInline
      muted
    />
  );
}

export const attachStream = (stream: MediaStream) => (element: HTMLVideoElement) => {
  element.srcObject = stream;
  void element.play().catch(() => undefined);
  return () => {
    element.srcObject = null;
  };
};
