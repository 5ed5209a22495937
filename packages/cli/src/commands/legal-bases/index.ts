import { LegalBasesAdd } from './add.ts';
import { LegalBasesList } from './list.ts';

export const commands = { list: LegalBasesList, add: LegalBasesAdd };
