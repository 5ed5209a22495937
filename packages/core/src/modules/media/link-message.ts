import type { MessageKind } from '../../contract/index.ts';
import type { Tx } from '../../storage/index.ts';
import type { Messenger, SendFacts } from '../messaging/index.ts';
import type { VisitRow } from '../visits/index.ts';
import { type CallRow, readSealedAddress, type SeatRow } from './store.ts';

/**
 * Tells the citizen or a guest of the link of their seat, which is looked up when it is sent.
 *
 * @returns false where it is not known where to
 */
export async function tellLink(
  tx: Tx,
  messenger: Pick<Messenger, 'send'>,
  { call, visit }: { readonly call: CallRow; readonly visit: VisitRow },
  seat: Pick<SeatRow, 'id' | 'kind' | 'language'>,
  kind: Extract<MessageKind, 'invitation' | 'new-link'>,
  more: Pick<SendFacts, 'oncePer'> = {},
): Promise<boolean> {
  const { citizenId } = call;
  const sealedAddress = seat.kind === 'citizen' ? null : await readSealedAddress(tx, seat.id);
  if (seat.kind !== 'citizen' && sealedAddress === null) return false;
  const to =
    sealedAddress === null ? { citizenId } : { seatId: seat.id, sealedAddress, language: seat.language };
  await messenger.send(tx, to, kind, {
    ...more,
    visitId: visit.id,
    citizenId,
    startsAt: (visit.plannedStartsAt ?? call.opensAt).toISOString(),
    endsAt: (visit.plannedEndsAt ?? call.closesAt).toISOString(),
  });
  return true;
}
