import type { Clock } from '../../clock.ts';
import type { Limits } from '../../limits.ts';
import type { TransportFactory } from '../../transport/transport.ts';
import type { MediaLinks } from '../link.ts';
import { Link, type LinkLog } from './media-link.ts';

/** How often links look at what is due: feedback and NACKs wait half of it on average. */
const tickMs = 25;

/**
 * Makes the media links of one server. One timer serves them all and runs only while there are any. The transports
 * are the caller's to close, after the links.
 */
export function createMediaLinks(options: {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly transports: TransportFactory;
  readonly log: LinkLog;
}): MediaLinks {
  const links = new Set<Link>();
  let timer: ReturnType<typeof setInterval> | null = null;

  function tick(): void {
    const nowMs = options.clock.mediaMs();
    for (const link of links) link.tick(nowMs);
  }

  function forget(link: Link): void {
    links.delete(link);
    if (links.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  return {
    create: (wish) => {
      const link = new Link({ ...options, ...wish, onClosed: forget });
      links.add(link);
      timer ??= setInterval(tick, tickMs);
      return link;
    },
    get openCount() {
      return links.size;
    },
    close: async () => {
      for (const link of [...links]) link.close();
    },
  };
}
