import type { Section } from '../../sdp/description.ts';
import { extensionUris } from '../../sdp/extensions.ts';

/** Numbers of the header extensions, 0 (which RFC 8285 reserves) where one was not negotiated. */
export type ExtensionIds = Readonly<Record<keyof typeof extensionUris, number>>;

export const noExtensions: ExtensionIds = extensionIds([]);

/** Within one bundle a number means one extension for all sections (RFC 9143 section 9), so that one table does. */
export function extensionIds(sections: readonly Pick<Section, 'extensions'>[]): ExtensionIds {
  const idOf = (uri: string): number => {
    for (const { extensions } of sections)
      for (const each of extensions) if (each.uri === uri) return each.id;
    return 0;
  };
  return {
    mid: idOf(extensionUris.mid),
    rid: idOf(extensionUris.rid),
    repairedRid: idOf(extensionUris.repairedRid),
    transportSequence: idOf(extensionUris.transportSequence),
    audioLevel: idOf(extensionUris.audioLevel),
    videoOrientation: idOf(extensionUris.videoOrientation),
    dependencyDescriptor: idOf(extensionUris.dependencyDescriptor),
  };
}
