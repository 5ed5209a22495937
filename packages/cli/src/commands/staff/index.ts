import { StaffList } from './list.ts';

export const commands = { list: StaffList };
