import type { BehaviourGroup } from '../behaviour.ts';
import { media } from './firefox/media.ts';
import { room } from './firefox/room.ts';

/** Left out where no Firefox is installed. */
export const firefox: BehaviourGroup = { title: 'Firefox', behaviours: [...media, ...room] };
