import type { SectionCodec } from '../../sdp/codecs.ts';
import type { Section } from '../../sdp/description.ts';
import type { AnnouncedTrack } from '../link.ts';
import type { Layer } from './layer.ts';
import type { Source } from './source.ts';

/** Which layer an SSRC carries, or repairs (RFC 4588). */
export interface Declared {
  readonly rid: string;
  readonly repairs: boolean;
}

/** Order in which simulcast by SSRC alone lists its layers, the least first. */
const layersBySsrc = ['q', 'h', 'f'];

/** A section of the client's offer in which an announced track is sent to us. */
export class IncomingSection {
  readonly mid: string;
  readonly track: AnnouncedTrack;
  /** By simulcast id, the empty one where there is a single encoding. */
  readonly layers = new Map<string, Layer>();
  source: Source | null = null;
  #codecs: readonly SectionCodec[] = [];
  #rids: readonly string[] = [];
  #declared = new Map<number, Declared>();
  readonly #codecOf: (SectionCodec | undefined)[] = new Array(128);
  readonly #repairedBy: (SectionCodec | undefined)[] = new Array(128);

  constructor(mid: string, track: AnnouncedTrack) {
    this.mid = mid;
    this.track = track;
  }

  get codecs(): readonly SectionCodec[] {
    return this.#codecs;
  }

  get rids(): readonly string[] {
    return this.#rids;
  }

  /** What the SDP says of its SSRCs; empty where only header extensions tell (simulcast by rid). */
  get declared(): ReadonlyMap<number, Declared> {
    return this.#declared;
  }

  codec(payloadType: number): SectionCodec | undefined {
    return this.#codecOf[payloadType];
  }

  /** The codec that a payload type repairs, where it is one of RTX. */
  repairedCodec(payloadType: number): SectionCodec | undefined {
    return this.#repairedBy[payloadType];
  }

  /** Takes the section as a new offer has it; `codecs` are those of it that our answer takes. */
  update(section: Section, codecs: readonly SectionCodec[]): void {
    this.#codecs = codecs;
    this.#rids = section.rids;
    this.#codecOf.fill(undefined);
    this.#repairedBy.fill(undefined);
    for (const codec of codecs) {
      this.#codecOf[codec.payloadType] = codec;
      if (codec.rtxPayloadType !== null) this.#repairedBy[codec.rtxPayloadType] = codec;
    }
    this.#declared = new Map();
    if (section.rids.length > 0) return;
    section.ssrcs.slice(0, layersBySsrc.length).forEach(({ ssrc, rtxSsrc }, place) => {
      const rid = section.ssrcs.length > 1 ? (layersBySsrc[place] ?? '') : '';
      this.#declared.set(ssrc, { rid, repairs: false });
      if (rtxSsrc !== null) this.#declared.set(rtxSsrc, { rid, repairs: true });
    });
  }
}
