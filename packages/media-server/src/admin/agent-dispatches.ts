import {
  AgentDispatch,
  AgentDispatchState,
  CreateAgentDispatchRequest,
  DeleteAgentDispatchRequest,
  ListAgentDispatchRequest,
  ListAgentDispatchResponse,
} from '@livekit/protocol';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import { newSid } from '../protocol/ids.ts';
import type { Rooms } from '../sfu/rooms.ts';
import { requireAdmin } from './caller.ts';
import { checkAttributes, checkMetadata } from './room-service.ts';
import { method, type TwirpService } from './twirp.ts';
import { TwirpError } from './twirp-error.ts';

/** Nobody comes for them, so a few are plenty. */
const maxPerRoom = 16;

export interface AgentDispatchOptions {
  readonly rooms: Rooms;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly autoCreate: boolean;
}

/**
 * `livekit.AgentDispatchService` where no agent worker ever registers: as with LiveKit then, a room keeps the wish for an
 * agent, and none comes. Wishes end with their room.
 */
export function agentDispatchService({
  rooms,
  limits,
  clock,
  autoCreate,
}: AgentDispatchOptions): TwirpService {
  const dispatches = new Map<string, AgentDispatch[]>();

  const ofRoom = (name: string): AgentDispatch[] => {
    const [room] = rooms.list([name]);
    if (room === undefined) throw new TwirpError('not_found', 'requested room does not exist');
    const known = dispatches.get(room.sid) ?? [];
    dispatches.set(room.sid, known);
    return known;
  };
  const forgetEnded = (): void => {
    const open = new Set(rooms.list([]).map(({ sid }) => sid));
    for (const sid of dispatches.keys()) if (!open.has(sid)) dispatches.delete(sid);
  };

  return {
    CreateDispatch: method(CreateAgentDispatchRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      checkMetadata(request.metadata, limits);
      checkAttributes(request.attributes, limits);
      if (autoCreate && rooms.list([request.room]).length === 0) {
        rooms.create(request.room, {
          emptyTimeoutSeconds: null,
          departureTimeoutSeconds: null,
          maxParticipants: null,
          metadata: null,
          syncStreams: null,
        });
      }
      forgetEnded();
      const list = ofRoom(request.room);
      if (list.length >= maxPerRoom) throw new TwirpError('resource_exhausted', 'too many agent dispatches');
      const dispatch = new AgentDispatch({
        id: newSid('AD'),
        agentName: request.agentName,
        room: request.room,
        metadata: request.metadata,
        attributes: request.attributes,
        restartPolicy: request.restartPolicy,
        deployment: request.deployment,
        // Nanoseconds, unlike every other time of the protocol.
        state: new AgentDispatchState({ createdAt: BigInt(clock.wallMs()) * 1_000_000n }),
      });
      list.push(dispatch);
      return dispatch;
    }),

    DeleteDispatch: method(DeleteAgentDispatchRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      const list = ofRoom(request.room);
      const index = list.findIndex(({ id }) => id === request.dispatchId);
      const [dispatch] = index === -1 ? [] : list.splice(index, 1);
      if (dispatch === undefined) throw new TwirpError('not_found', 'dispatch ID not found');
      return dispatch;
    }),

    ListDispatch: method(ListAgentDispatchRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      const wanted = request.dispatchId;
      const agentDispatches = ofRoom(request.room).filter(({ id }) => wanted === '' || id === wanted);
      return new ListAgentDispatchResponse({ agentDispatches });
    }),
  };
}
