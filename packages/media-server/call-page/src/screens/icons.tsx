import type { ReactNode } from 'react';

/** Drawn on a grid of 24 with a stroke, so that they follow the colour and size of the text beside them. */
const shapes = {
  microphone: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    </>
  ),
  camera: (
    <>
      <rect x="2.5" y="6.5" width="13" height="11" rx="2.5" />
      <path d="m15.5 11 6-3.5v9l-6-3.5" />
    </>
  ),
  turn: (
    <>
      <path d="M4 11a8 8 0 0 1 14-4.5M20 13a8 8 0 0 1-14 4.5" />
      <path d="M18.5 2.5v4.3h-4.3M5.5 21.5v-4.3h4.3" />
    </>
  ),
  screen: (
    <>
      <rect x="2.5" y="4" width="19" height="12.5" rx="2" />
      <path d="M12 13.5v-6m-2.6 2.6L12 7.5l2.6 2.6M8 20.5h8" />
    </>
  ),
  chat: <path d="M4 4.5h16v11.5H11l-4.5 4V16H4zM8 8.7h8M8 12h5" />,
  phone: (
    <path d="M6.2 3.5 9 4l1.2 4-2 1.7a12.5 12.5 0 0 0 6 6l1.8-2 4 1.2.5 2.8a2 2 0 0 1-2 2.3A16 16 0 0 1 3.9 5.5a2 2 0 0 1 2.3-2z" />
  ),
  hangUp: (
    <path d="M3 14.8c-.6-1-.7-2.2.1-3C5.4 9.5 8.6 8.3 12 8.300s6.6 1.2 8.9 3.500c.8.8.7 2 .1 3l-.7 1.1-4.1-1.1-.3-2.600a12 12 0 0 0-7.8 0l-.3 2.6-4.1 1.100z" />
  ),
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="10" rx="2.5" />
      <path d="M8 10.500V7.500a4 4 0 0 1 8 0v3M12 14.500v2" />
    </>
  ),
  lockOpen: (
    <>
      <rect x="5" y="10.5" width="14" height="10" rx="2.5" />
      <path d="M8 10.500V7.500a4 4 0 0 1 7.6-1.700M12 14.500v2" />
    </>
  ),
  plan: (
    <>
      <rect x="3.5" y="4.5" width="17" height="16" rx="2" />
      <path d="M3.5 9.5h17M8 2.500v4M16 2.500v4M7.5 13.500h3M13.5 13.500h3M7.5 17h3" />
    </>
  ),
  back: <path d="m15 5-7 7 7 7" />,
  forward: <path d="m9 5 7 7-7 7" />,
  larger: <path d="M12 5v14M5 12h14" />,
  smaller: <path d="M5 12h14" />,
  more: (
    <>
      <circle cx="5.5" cy="12" r="1" />
      <circle cx="12" cy="12" r="1" />
      <circle cx="18.5" cy="12" r="1" />
    </>
  ),
  check: <path d="m4.5 12.5 5 5 10-11" />,
  warning: <path d="M12 4 2.8 19.500h18.400zM12 10v4.500m0 2.200v.3" />,
  cross: <path d="m6 6 12 12M18 6 6 18" />,
  person: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4.5 20.500a7.5 7.5 0 0 1 15 0" />
    </>
  ),
  loudspeaker: <path d="M4 9.500v5h3.500l5 4v-13l-5 4zM16 9a4.5 4.5 0 0 1 0 6M18.5 6.500a8 8 0 0 1 0 11" />,
  network: (
    <path d="M2.5 9.500a14 14 0 0 1 19 0M5.8 13a9 9 0 0 1 12.4 0M9 16.500a4.5 4.5 0 0 1 6 0M12 20v.1" />
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5.300l3.5 2" />
    </>
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11v5.500M12 7.600v.1" />
    </>
  ),
  unsure: <path d="M9 9a3 3 0 1 1 4.3 2.700c-.9.5-1.3 1-1.3 2.100m0 2.900v.1" />,
} satisfies Record<string, ReactNode>;
export type IconName = keyof typeof shapes;

/** Only decoration: what it means stands in words beside it, or in the label of its button. */
export function Icon({ name, struck = false }: { readonly name: IconName; readonly struck?: boolean }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes[name]}
      {struck && <path className="strike" d="M3.5 3.500l17 17" />}
    </svg>
  );
}
