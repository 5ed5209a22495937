import type { BehaviourGroup } from '../behaviour.ts';
import { administration } from './administration.ts';
import { connection } from './connection.ts';
import { data } from './data.ts';
import { encryption } from './encryption.ts';
import { firefox } from './firefox.ts';
import { grants } from './grants.ts';
import { joining } from './joining.ts';
import { layers } from './layers.ts';
import { participants } from './participants.ts';
import { subscribing } from './subscribing.ts';
import { tracks } from './tracks.ts';
import { unsupported } from './unsupported.ts';
import { webhooks } from './webhooks.ts';

/** In the order of the table. */
export const groups: readonly BehaviourGroup[] = [
  joining,
  grants,
  participants,
  tracks,
  layers,
  subscribing,
  data,
  connection,
  encryption,
  firefox,
  administration,
  webhooks,
  unsupported,
];
