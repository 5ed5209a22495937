// The dependency descriptor header extension (AV1 RTP specification, appendix A). Its three mandatory bytes tell which
// template a frame follows; what the templates are is told with key frames only, so whoever wants layers keeps those.

const MANDATORY_BYTES = 3;
const TEMPLATES = 64;
const NEXT_TEMPORAL = 1;
const NEXT_SPATIAL = 2;
const NO_MORE_LAYERS = 3;

export interface DependencyFacts {
  /** First and last packet of the frame of one spatial layer. */
  readonly start: boolean;
  readonly end: boolean;
  /** The structure of templates comes with it, as with a key frame. */
  readonly hasStructure: boolean;
  /** 6 bits. */
  readonly templateId: number;
}

/** Null where the descriptor is too short to be one. */
export function readDependency(descriptor: Buffer): DependencyFacts | null {
  if (descriptor.length < MANDATORY_BYTES) return null;
  const first = descriptor.readUInt8(0);
  return {
    start: (first & 0x80) !== 0,
    end: (first & 0x40) !== 0,
    hasStructure: descriptor.length > MANDATORY_BYTES && descriptor.readUInt8(MANDATORY_BYTES) >= 0x80,
    templateId: first & 0x3f,
  };
}

/** Layers of one stream's templates, from a key frame until the next. */
export interface TemplateLayers {
  /** Null for a template that the key frame did not tell. */
  layersOf(templateId: number): { readonly temporalLayer: number; readonly spatialLayer: number } | null;
}

/** From the descriptor of a key frame's first packet; null where it carries no (readable) structure. */
export function readTemplateLayers(descriptor: Buffer): TemplateLayers | null {
  if (descriptor.length <= MANDATORY_BYTES) return null;
  // Flags: structure, active targets, custom dtis, fdiffs, chains; then offset (6 bits) and targets less one (5 bits).
  if (!readBit(descriptor, 24)) return null;
  const offset = readBits(descriptor, 29, 6);
  if (offset === null) return null;
  const layers: { readonly temporalLayer: number; readonly spatialLayer: number }[] = [];
  let temporalLayer = 0;
  let spatialLayer = 0;
  for (let at = 40; layers.length < TEMPLATES; at += 2) {
    layers.push({ temporalLayer, spatialLayer });
    const next = readBits(descriptor, at, 2);
    if (next === null) return null;
    if (next === NO_MORE_LAYERS) {
      return { layersOf: (templateId) => layers[(templateId + TEMPLATES - offset) % TEMPLATES] ?? null };
    }
    if (next === NEXT_TEMPORAL) temporalLayer += 1;
    if (next === NEXT_SPATIAL) {
      temporalLayer = 0;
      spatialLayer += 1;
    }
  }
  return null;
}

function readBit(bytes: Buffer, at: number): boolean {
  return ((bytes[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0;
}

/** Null beyond the end. */
function readBits(bytes: Buffer, from: number, count: number): number | null {
  if (from + count > bytes.length * 8) return null;
  let value = 0;
  for (let at = from; at < from + count; at += 1) value = value * 2 + (readBit(bytes, at) ? 1 : 0);
  return value;
}
