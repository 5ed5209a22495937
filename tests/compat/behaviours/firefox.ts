import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import type { PageClient } from '../clients/page.ts';
import { until, within } from '../waiting.ts';
import type { World } from '../world.ts';

/** Firefox and Chromium in one room. */
async function both(world: World, arrival: Parameters<World['page']>[1] = {}) {
  const [fox, bo] = await Promise.all([world.firefox('fox', arrival), world.page('bo', arrival)]);
  await Promise.all([fox.seen('bo'), bo.seen('fox')]);
  return { fox, bo };
}

const right = 'the right passphrase';
const hd = { width: 1280, height: 720 };

const publication = (identity: string, source: string) =>
  `room.remoteParticipants.get('${identity}').getTrackPublication('${source}')`;

const send = (page: PageClient, text: string) =>
  page.run(
    `void (await me.publishData(new TextEncoder().encode(${JSON.stringify(text)}), { reliable: true, topic: 'chat' }))`,
  );

const reconnections = ({ log }: PageClient) =>
  log.entries.flatMap(({ event }) =>
    ['signalReconnecting', 'reconnecting', 'reconnected'].includes(event) ? [event] : [],
  );

const joining = [
  behaviour(
    'Firefox joins on the path that livekit-client chooses for it',
    {
      expected: { connection: 'connected', sid: 'PA_', onePeerConnection: true, others: ['bo'] },
      clients: ['Firefox', 'Chromium'],
      short: true,
    },
    async (world) => {
      const { fox } = await both(world);
      const { connection, me, others } = await fox.state();
      return {
        connection,
        sid: me.sid.slice(0, 3),
        onePeerConnection: await fox.run('room.engine.pcManager.subscriber === undefined'),
        others: others.map(({ identity }) => identity),
      };
    },
  ),
];
export const firefox: BehaviourGroup = { title: 'Firefox', behaviours: [...joining] };
void [right, hd, publication, send, reconnections, until, within];
