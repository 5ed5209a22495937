import { type DisconnectReason, ParticipantInfo_State } from '@livekit/protocol';

/** Where a participant is: told the room, media through, gone. It only ever moves forward. */
export type ParticipantState =
  | { readonly kind: 'joining' }
  | { readonly kind: 'joined' }
  | { readonly kind: 'active' }
  | { readonly kind: 'disconnected'; readonly reason: DisconnectReason; readonly wasActive: boolean };

const following: Readonly<Record<ParticipantState['kind'], readonly ParticipantState['kind'][]>> = {
  joining: ['joined', 'disconnected'],
  joined: ['active', 'disconnected'],
  active: ['disconnected'],
  disconnected: [],
};

/** The one place where a participant's state changes: throws where the step is not one of those above. */
export function moveTo(from: ParticipantState, to: ParticipantState): ParticipantState {
  if (!following[from.kind].includes(to.kind)) {
    throw new Error(`a participant cannot go from ${from.kind} to ${to.kind}`);
  }
  return to;
}

const wireStates: Readonly<Record<ParticipantState['kind'], ParticipantInfo_State>> = {
  joining: ParticipantInfo_State.JOINING,
  joined: ParticipantInfo_State.JOINED,
  active: ParticipantInfo_State.ACTIVE,
  disconnected: ParticipantInfo_State.DISCONNECTED,
};

export function wireState(state: ParticipantState): ParticipantInfo_State {
  return wireStates[state.kind];
}
