import { type FileRefusal, mostPlanBytes } from '@naer/core/contract/call-codes';

/** Why a file was not sent: as core says it, or `too-large`. */
export type PlanRefusal = FileRefusal | 'too-large';

export class FileRefused extends Error {
  readonly why: PlanRefusal;
  constructor(why: PlanRefusal) {
    super(why);
    this.name = 'FileRefused';
    this.why = why;
  }
}

/** Enough to read a sheet of paper by, and small enough for any connection. */
const longestEdge = 2_600;

/** What a file is by its first bytes; core looks closer. */
export function kindOf(head: Uint8Array): 'pdf' | 'office' | 'heic' | 'unknown' {
  const text = String.fromCharCode(...head.subarray(0, 1024));
  if (text.includes('%PDF-')) return 'pdf';
  if (
    text.startsWith('PK\u0003\u0004') ||
    text.startsWith('\u00d0\u00cf\u0011\u00e0') ||
    text.startsWith('{\\rtf')
  )
    return 'office';
  return /^.{4}ftyp(heic|heix|hevc|heim|heis|mif1|msf1|avif)/s.test(text) ? 'heic' : 'unknown';
}

/**
 * Makes ready what somebody chose. A picture is drawn anew, upright and no larger than one needs, so that what the camera
 * wrote into it (where it was taken) stays here; that also makes a JPEG of whatever this browser can show.
 *
 * @throws FileRefused
 */
export async function preparePlan(file: File): Promise<Blob> {
  if (file.size === 0) throw new FileRefused('empty');
  const kind = kindOf(new Uint8Array(await file.slice(0, 1024).arrayBuffer()));
  if (kind === 'office') throw new FileRefused('office');
  if (kind === 'pdf') {
    if (file.size > mostPlanBytes) throw new FileRefused('too-large');
    return file;
  }
  const address = URL.createObjectURL(file);
  try {
    // An element and no ImageBitmap: it is shown upright in every browser, and Safari decodes HEIC in it.
    const picture = new Image();
    picture.src = address;
    await picture.decode().catch(() => {
      throw new FileRefused(kind === 'heic' ? 'heic' : file.type.startsWith('image/') ? 'broken' : 'other');
    });
    return await redraw(picture);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** @throws FileRefused */
async function redraw(picture: HTMLImageElement): Promise<Blob> {
  const { naturalWidth: width, naturalHeight: height } = picture;
  const scale = Math.min(1, longestEdge / Math.max(width, height, 1));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext('2d');
  if (pen === null) throw new FileRefused('picture-too-large');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
  canvas.width = 0;
  if (drawn === null) throw new FileRefused('picture-too-large');
  return drawn;
}
