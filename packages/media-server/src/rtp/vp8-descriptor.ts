/**
 * The VP8 payload descriptor (RFC 7741 section 4.2), which end-to-end encryption leaves in the clear. One object is read
 * into again and again, so that a packet costs no allocation. Absent fields are −1; offsets count from the payload's start.
 */
export class Vp8Descriptor {
  pictureId = -1;
  /** 7 or 15. */
  pictureIdBits = 0;
  pictureIdOffset = -1;
  tl0PicIdx = -1;
  tl0PicIdxOffset = -1;
  keyIdx = -1;
  keyIdxOffset = -1;

  /** False where the payload ends within its descriptor. */
  read(buffer: Buffer, offset: number, length: number): boolean {
    this.pictureId = -1;
    this.tl0PicIdx = -1;
    this.keyIdx = -1;
    const first = buffer[offset];
    if (first === undefined || length < 1) return false;
    if ((first & 0x80) === 0) return true;
    const flags = buffer[offset + 1];
    if (flags === undefined || length < 2) return false;
    let at = 2;
    if ((flags & 0x80) !== 0) {
      const high = buffer[offset + at];
      if (high === undefined || length <= at) return false;
      this.pictureIdOffset = at;
      if (high < 0x80) {
        this.pictureIdBits = 7;
        this.pictureId = high;
        at += 1;
      } else {
        const low = buffer[offset + at + 1];
        if (low === undefined || length <= at + 1) return false;
        this.pictureIdBits = 15;
        this.pictureId = (high & 0x7f) * 256 + low;
        at += 2;
      }
    }
    if ((flags & 0x40) !== 0) {
      const index = buffer[offset + at];
      if (index === undefined || length <= at) return false;
      this.tl0PicIdx = index;
      this.tl0PicIdxOffset = at;
      at += 1;
    }
    if ((flags & 0x10) !== 0) {
      const last = buffer[offset + at];
      if (last === undefined || length <= at) return false;
      this.keyIdx = last & 0x1f;
      this.keyIdxOffset = at;
    }
    return true;
  }
}
