import { KeyRotate } from './rotate.ts';

export const commands = { rotate: KeyRotate };
