import { type DisconnectReason, LeaveRequest, LeaveRequest_Action } from '@livekit/protocol';
import type { ServerMessage } from './server-messages.ts';

/** What the client shall do: stay away, come back with what it has, or come again from the start. */
export type LeaveAction = 'disconnect' | 'resume' | 'reconnect';

const actions = {
  disconnect: LeaveRequest_Action.DISCONNECT,
  resume: LeaveRequest_Action.RESUME,
  reconnect: LeaveRequest_Action.RECONNECT,
} as const satisfies Record<LeaveAction, LeaveRequest_Action>;

/**
 * The server's leave. Clients before protocol 13 read `canReconnect`, for them both ways of coming back are one; later
 * ones read `action`. Both are filled in, so it need not be known which kind is asking.
 */
export function leave(reason: DisconnectReason, action: LeaveAction): ServerMessage {
  return {
    case: 'leave',
    value: new LeaveRequest({ reason, action: actions[action], canReconnect: action !== 'disconnect' }),
  };
}
