import type { TroubleStep } from '@naer/core/contract/call-codes';
import type { CallSnapshot } from './media/state.ts';
import type { SessionSnapshot } from './session-state.ts';

/** Which screen is due; what it shows is in the session. */
export type View =
  | { readonly name: 'opening' | 'link-not-valid' | 'link-in-use' | 'pin' | 'browser-too-old' | 'refused' }
  | { readonly name: 'slowed'; readonly seconds: number }
  | { readonly name: 'service-down'; readonly since: number }
  | {
      readonly name:
        | 'failed'
        | 'finish'
        | 'finished'
        | 'after'
        | 'call'
        | 'waiting'
        | 'welcome'
        | 'proposal'
        | 'declined';
    }
  /** `trouble`: what keeps one from coming in, while it is tried on and on. */
  | { readonly name: 'letting-in'; readonly trouble: TroubleStep | null }
  | { readonly name: 'enter-trouble'; readonly step: TroubleStep };

/** What a network that is away for a moment does not make anybody look at. */
const patienceMs = 8_000;

/**
 * One screen for every state, most serious first. A failed call and one that ended stay what they are, also after their
 * link stopped holding; a call that is on is never covered because the service is away, since sound and picture go on.
 */
export function viewOf(
  session: SessionSnapshot,
  call: CallSnapshot | null,
  { now, browserWorks }: { readonly now: number; readonly browserWorks: boolean },
): View {
  const { phase, page, service, refusal, hungUp, entering, wantsIn } = session;
  if (phase === 'no-link') return { name: 'link-not-valid' };
  if (page === null) {
    if (phase === 'refused') return refusedView(session);
    return service.state === 'reached' ? { name: 'opening' } : { name: 'service-down', since: service.since };
  }
  if (page.failure !== null) return { name: 'failed' };
  const isCitizen = page.me.kind === 'citizen';
  // Theirs, and to a proposal: what is called off otherwise has no page.
  if (page.visit.state === 'cancelled' && isCitizen) return { name: 'declined' };
  // Also after a reload: a host who hung up has a visit to finish, and may go back to the call from there.
  const hostLeft = page.me.isHost && page.me.state === 'left' && page.state === 'on' && !wantsIn;
  if (
    page.state === 'ended' ||
    hungUp ||
    hostLeft ||
    call?.ended === 'call-ended' ||
    call?.ended === 'hung-up'
  ) {
    if (!page.me.isHost) return { name: 'after' };
    // Closed since nobody came: nothing is recorded yet.
    const isRecorded = page.visit.state !== 'planned' && page.visit.state !== 'proposed';
    return { name: page.state === 'ended' && isRecorded ? 'finished' : 'finish' };
  }
  if (page.me.state === 'refused') return { name: 'refused' };
  if (call !== null && call.ended === null)
    return call.state === 'connecting'
      ? { name: 'letting-in', trouble: connectingTrouble(call) }
      : { name: 'call' };
  if (phase === 'refused' && refusal !== null) return refusedView(session);
  if (call?.ended === 'removed') return { name: 'refused' };
  if (call?.ended === 'elsewhere') return { name: 'link-in-use' };
  if (page.visit.state === 'proposed' && isCitizen && !wantsIn) return { name: 'proposal' };
  if (!browserWorks) return { name: 'browser-too-old' };
  if (entering.failure !== null) return { name: 'enter-trouble', step: entering.failure };
  if (call?.ended === 'vanished' && !entering.running) return { name: 'enter-trouble', step: 'dropped' };
  if (service.state !== 'reached' && now - service.since > patienceMs)
    return { name: 'service-down', since: service.since };
  if (entering.running || (wantsIn && page.me.state === 'admitted'))
    return { name: 'letting-in', trouble: null };
  if (wantsIn) return { name: 'waiting' };
  return { name: 'welcome' };
}

/** A camera that was refused can wait until one is in; what keeps one out cannot. */
const connectingTrouble = ({ troubles }: CallSnapshot): TroubleStep | null =>
  troubles.find((each) => !each.startsWith('camera-') && !each.startsWith('microphone-')) ?? null;

function refusedView({ refusal, service }: SessionSnapshot): View {
  switch (refusal?.code) {
    case 'link_in_use':
      return { name: 'link-in-use' };
    case 'link_pin':
      return { name: 'pin' };
    case 'too_many_requests':
      return { name: 'slowed', seconds: Math.ceil((refusal.retryAfterMs ?? 60_000) / 1000) };
    case 'offline':
    case 'service_down':
      return { name: 'service-down', since: service.state === 'reached' ? 0 : service.since };
    default:
      return { name: 'link-not-valid' };
  }
}
