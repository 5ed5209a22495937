import type { TrackKind } from '../../protocol/client-messages.ts';
import type { AnnouncedTrack } from '../link.ts';

/** What matching needs of a section in which the client sends. */
export interface SendingSection {
  readonly mid: string;
  readonly kind: TrackKind;
  /** Ids that may be the cid of the track in it: from `a=msid`, and from `midToTrackId` of the message. */
  readonly trackIds: readonly string[];
}

/** What a section was matched to before, and by which id. */
export interface Match {
  readonly trackSid: string;
  readonly trackId: string;
}

/**
 * Finds out which announced track each section carries. An id decides where one fits. Firefox names tracks in its
 * SDP otherwise than in JavaScript, so that sections left over take, when `byKind`, the first announced track of
 * their kind that is left over too (as LiveKit does). A match from an earlier offer stays while its id does.
 */
export function matchSections(
  sections: readonly SendingSection[],
  announced: readonly AnnouncedTrack[],
  previous: ReadonlyMap<string, Match>,
  byKind: boolean,
): Map<string, Match> {
  const matches = new Map<string, Match>();
  const taken = new Set<string>();
  const take = (mid: string, match: Match): void => {
    matches.set(mid, match);
    taken.add(match.trackSid);
  };
  const known = new Set(announced.map((track) => track.sid));
  for (const section of sections) {
    const before = previous.get(section.mid);
    if (before === undefined || !known.has(before.trackSid) || taken.has(before.trackSid)) continue;
    if (section.trackIds.length === 0 || section.trackIds.includes(before.trackId)) take(section.mid, before);
  }
  for (const section of sections) {
    if (matches.has(section.mid)) continue;
    const track = announced.find(
      (each) => each.kind === section.kind && !taken.has(each.sid) && section.trackIds.includes(each.cid),
    );
    if (track !== undefined) take(section.mid, { trackSid: track.sid, trackId: track.cid });
  }
  if (!byKind) return matches;
  for (const section of sections) {
    if (matches.has(section.mid)) continue;
    const track = announced.find((each) => each.kind === section.kind && !taken.has(each.sid));
    if (track !== undefined) take(section.mid, { trackSid: track.sid, trackId: section.trackIds[0] ?? '' });
  }
  return matches;
}
