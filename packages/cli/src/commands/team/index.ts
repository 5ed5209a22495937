import { TeamAdd } from './add.ts';
import { TeamList } from './list.ts';
import { TeamRename } from './rename.ts';

export const commands = { list: TeamList, add: TeamAdd, rename: TeamRename };
