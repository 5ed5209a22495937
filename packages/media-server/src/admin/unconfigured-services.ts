import {
  CreateAgentDispatchRequest,
  DeleteAgentDispatchRequest,
  ListAgentDispatchRequest,
  ListAgentDispatchResponse,
} from '@livekit/protocol';
import type { Rooms } from '../sfu/rooms.ts';
import {
  type Caller,
  requireAdmin,
  requireIngressAdmin,
  requireRecord,
  requireSipAdmin,
  requireSipCall,
} from './caller.ts';
import { egressNotConnected } from './room-service.ts';
import { method, type TwirpMethod, type TwirpService } from './twirp.ts';
import { TwirpError } from './twirp-error.ts';

/** Answers as LiveKit without Redis does: the grant is asked for first, then there is nothing to do it with. */
function unconfigured(
  names: readonly string[],
  grant: (caller: Caller) => void,
  message: string,
): TwirpService {
  const refuse: TwirpMethod = {
    // What is asked for changes nothing about the answer, so it is not even read.
    fromBinary: () => null,
    fromJson: () => null,
    call: (_request, caller) => {
      grant(caller);
      throw new TwirpError('internal', message);
    },
  };
  return Object.fromEntries(names.map((name) => [name, refuse]));
}

export const egressService = unconfigured(
  [
    'StartEgress',
    'StartRoomCompositeEgress',
    'StartWebEgress',
    'StartParticipantEgress',
    'StartTrackCompositeEgress',
    'StartTrackEgress',
    'UpdateLayout',
    'UpdateStream',
    'ListEgress',
    'StopEgress',
  ],
  requireRecord,
  egressNotConnected,
);

export const ingressService = unconfigured(
  ['CreateIngress', 'UpdateIngress', 'ListIngress', 'DeleteIngress'],
  requireIngressAdmin,
  'ingress not connected (redis required)',
);

const sipNotConnected = 'sip not connected (redis required)';

export const sipService = {
  ...unconfigured(
    [
      'CreateSIPTrunk',
      'CreateSIPInboundTrunk',
      'CreateSIPOutboundTrunk',
      'UpdateSIPInboundTrunk',
      'UpdateSIPOutboundTrunk',
      'GetSIPInboundTrunk',
      'GetSIPOutboundTrunk',
      'ListSIPTrunk',
      'ListSIPInboundTrunk',
      'ListSIPOutboundTrunk',
      'DeleteSIPTrunk',
      'CreateSIPDispatchRule',
      'UpdateSIPDispatchRule',
      'ListSIPDispatchRule',
      'DeleteSIPDispatchRule',
    ],
    requireSipAdmin,
    sipNotConnected,
  ),
  ...unconfigured(['CreateSIPParticipant', 'TransferSIPParticipant'], requireSipCall, sipNotConnected),
};

/** Dispatches are kept by rooms for agents that may come; here none can, so there are none to list. */
export function agentDispatchService(rooms: Rooms): TwirpService {
  const requireRoom = (room: string): void => {
    if (rooms.list([room]).length === 0) throw new TwirpError('not_found', 'requested room does not exist');
  };
  return {
    CreateDispatch: method(CreateAgentDispatchRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      throw new TwirpError('unavailable', 'no response from servers');
    }),
    DeleteDispatch: method(DeleteAgentDispatchRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      requireRoom(request.room);
      throw new TwirpError('not_found', 'agent dispatch does not exist');
    }),
    ListDispatch: method(ListAgentDispatchRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      requireRoom(request.room);
      return new ListAgentDispatchResponse();
    }),
  };
}
