/** A word that a shell reads as one, in double quotes so that Windows and Unix agree. */
export const quoted = (text: string): string => `"${text.replace(/["\\$`]/g, (sign) => `\\${sign}`)}"`;
