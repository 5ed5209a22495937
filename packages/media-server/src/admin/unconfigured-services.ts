import {
  type Caller,
  requireIngressAdmin,
  requireRecord,
  requireSipAdmin,
  requireSipCall,
} from './caller.ts';
import { egressNotConnected } from './room-service.ts';
import type { TwirpMethod, TwirpService } from './twirp.ts';
import { TwirpError } from './twirp-error.ts';

const noResponse = 'no response from servers';

/** Answers as LiveKit without Redis does: the grant is asked for first, then there is nothing to do it with. */
function unconfigured(
  names: readonly string[],
  grant: (caller: Caller) => void,
  message: string,
  code: 'internal' | 'unavailable' = 'internal',
): TwirpService {
  const refuse: TwirpMethod = {
    // What is asked for changes nothing about the answer, so it is not even read.
    fromBinary: () => null,
    fromJson: () => null,
    call: (_request, caller) => {
      grant(caller);
      throw new TwirpError(code, message);
    },
  };
  return Object.fromEntries(names.map((name) => [name, refuse]));
}

export const egressService = {
  // It asks whoever may be there to record, and nobody is: no recorder, here or in any release of ours.
  ...unconfigured(
    [
      'StartEgress',
      'StartRoomCompositeEgress',
      'StartWebEgress',
      'StartParticipantEgress',
      'StartTrackCompositeEgress',
      'StartTrackEgress',
    ],
    requireRecord,
    noResponse,
    'unavailable',
  ),
  ...unconfigured(
    ['UpdateLayout', 'UpdateStream', 'ListEgress', 'StopEgress'],
    requireRecord,
    egressNotConnected,
  ),
};

export const ingressService = unconfigured(
  ['CreateIngress', 'UpdateIngress', 'ListIngress', 'DeleteIngress'],
  requireIngressAdmin,
  'ingress not connected (redis required)',
);

const sipNotConnected = 'sip not connected (redis required)';

export const sipService = {
  ...unconfigured(
    [
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
