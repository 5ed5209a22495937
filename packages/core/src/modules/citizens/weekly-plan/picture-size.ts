import { fileRefusal } from './refusal.ts';

/** A picture of so many pixels takes 200 MB once it is decoded, which the largest telephone cameras make; none needs more. */
const mostPixels = 50_000_000;
const longestEdge = 16_384;

/** @throws DomainError file_not_usable for what is small to send and huge to show, or has no size */
export function assertPictureSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw fileRefusal('broken');
  if (width > longestEdge || height > longestEdge || width * height > mostPixels)
    throw fileRefusal('picture-too-large');
}
