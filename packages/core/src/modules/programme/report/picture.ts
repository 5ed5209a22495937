import { createRequire } from 'node:module';

/** Fit for a chat message: Teams takes pictures of at most 1024 × 1024 and 1 MB. */
export const pictureSize = { width: 1024, height: 576 } as const;
/** The family that is drawn with; it is shipped as TrueType, since woff files draw no text at all. */
export const pictureFont = 'Inter';

const faces = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'] as const;

/** Paths of the shipped font files. */
export function fontFiles(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return faces.map((face) => resolve(`@expo-google-fonts/inter/${face}`));
}

/** A drawing as PNG, 1024 pixels wide, with the shipped font alone so that it looks the same on every machine. */
export async function drawPng(svg: string, fonts: readonly string[] = fontFiles()): Promise<Buffer> {
  const { Resvg } = await import('@resvg/resvg-js');
  const drawn = new Resvg(svg, {
    background: 'white',
    fitTo: { mode: 'width', value: pictureSize.width },
    font: { loadSystemFonts: false, fontFiles: [...fonts], defaultFontFamily: pictureFont },
  });
  return drawn.render().asPng();
}
