import type { LinkStats, MediaLink, MediaLinks } from '../sfu/link.ts';

export interface LinkTotals {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly nacksIn: number;
  readonly nacksOut: number;
  readonly keyFrameRequestsOut: number;
  readonly strayPackets: number;
}

const counted = [
  'packetsIn',
  'packetsOut',
  'bytesIn',
  'bytesOut',
  'nacksIn',
  'nacksOut',
  'keyFrameRequestsOut',
  'strayPackets',
] as const satisfies readonly (keyof LinkTotals & keyof LinkStats)[];

/** Links whose numbers are kept when they close, so that the server's totals never go back. No packet passes here. */
export function countLinks(links: MediaLinks): MediaLinks & { readonly totals: LinkTotals } {
  const open = new Set<MediaLink>();
  const closed = Object.fromEntries(counted.map((name) => [name, 0]));

  const sum = (): LinkTotals => {
    const of = (name: keyof LinkTotals): number => {
      let total = closed[name] ?? 0;
      for (const link of open) total += link.stats[name];
      return total;
    };
    return {
      packetsIn: of('packetsIn'),
      packetsOut: of('packetsOut'),
      bytesIn: of('bytesIn'),
      bytesOut: of('bytesOut'),
      nacksIn: of('nacksIn'),
      nacksOut: of('nacksOut'),
      keyFrameRequestsOut: of('keyFrameRequestsOut'),
      strayPackets: of('strayPackets'),
    };
  };

  return {
    create: (options) => {
      const link = links.create(options);
      open.add(link);
      return {
        start: () => link.start(),
        receive: (message) => link.receive(message),
        announce: (track) => link.announce(track),
        withdraw: (trackSid) => link.withdraw(trackSid),
        subscribe: (wish) => link.subscribe(wish),
        unsubscribe: (trackSid) => link.unsubscribe(trackSid),
        sendData: (kind, bytes) => link.sendData(kind, bytes),
        resume: () => link.resume(),
        get isSilent() {
          return link.isSilent;
        },
        limitDownlink: (bitsPerSecond) => link.limitDownlink(bitsPerSecond),
        get stats() {
          return link.stats;
        },
        close: () => {
          if (open.delete(link)) {
            const { stats } = link;
            for (const name of counted) closed[name] = (closed[name] ?? 0) + stats[name];
          }
          link.close();
        },
      };
    },
    get openCount() {
      return links.openCount;
    },
    get totals() {
      return sum();
    },
    close: () => links.close(),
  };
}
