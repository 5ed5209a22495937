import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ChangeEvents, Database, Outbox } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import type { VisitsService } from '../visits/index.ts';
import { createFailures } from './failure.ts';
import { createFinishing } from './finish.ts';
import { createPresence } from './presence-service.ts';
import type { BumpCall } from './record.ts';
import { createRoomClient, type MediaAccess } from './room-client.ts';
import { createRoomOrderSender, createRoomOrders } from './room-client-orders.ts';

export interface CallCourseDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write' | 'worker'>;
  readonly changes: ChangeEvents;
  readonly outbox: Outbox;
  readonly contacts: Pick<CitizenContacts, 'identities' | 'logReading'>;
  readonly visits: Pick<VisitsService, 'accept' | 'start' | 'end' | 'record' | 'fail'>;
  /** Null where no calls can be held, as in tests of everything else. */
  readonly media: MediaAccess | null;
  readonly bump: BumpCall;
  readonly onError: (what: string, error: unknown) => void;
}

export type CallCourse = ReturnType<typeof createCallCourse>;

/** From the first who comes into the room to how the visit ended, whichever way it did. */
export function createCallCourse(deps: CallCourseDeps) {
  const { outbox } = deps;
  const orders = createRoomOrders({ outbox });
  const rooms = createRoomClient(deps.media ?? nowhere);
  const finishing = createFinishing({ ...deps, orders });
  const failures = createFailures({ ...deps, finishing, orders });
  const presence = createPresence({ ...deps, rooms, finishing, failures, orders });
  return { rooms, orders, finishing, failures, presence, sendRoomOrder: createRoomOrderSender(rooms) };
}

const nowhere: MediaAccess = {
  apiKey: '',
  get apiSecret(): never {
    throw new DomainError('media_unavailable');
  },
  url: () => null,
};
