import { EventsFollow } from './follow.ts';

export const commands = { follow: EventsFollow };
