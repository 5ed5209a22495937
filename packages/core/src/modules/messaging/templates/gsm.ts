/** GSM 03.38, the alphabet of a text message (3GPP TS 23.038, section 6.2.1), in it one septet a character. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Two septets each. */
const extension = new Set('^{}\\[~]|€');

/** What one text message takes. */
export const smsSeptets = 160;

/** The length of a text in septets; null where a character is not in the alphabet, and each would take sixteen bits. */
export function countSeptets(text: string): number | null {
  let septets = 0;
  for (const character of text) {
    if (basic.has(character)) septets += 1;
    else if (extension.has(character)) septets += 2;
    else return null;
  }
  return septets;
}

/** The first of these that is one text message, or else the last. */
export function fitIntoSms(variants: readonly string[]): string {
  const fitting = variants.find((text) => (countSeptets(text) ?? Number.POSITIVE_INFINITY) <= smsSeptets);
  return fitting ?? variants.at(-1) ?? '';
}
