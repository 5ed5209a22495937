import { StaffAdd } from './add.ts';
import { StaffChange } from './change.ts';
import { StaffEnd } from './end.ts';
import { StaffExport } from './export.ts';
import { StaffImport } from './import.ts';
import { StaffList } from './list.ts';
import { StaffShow } from './show.ts';

export const commands = {
  list: StaffList,
  show: StaffShow,
  add: StaffAdd,
  change: StaffChange,
  end: StaffEnd,
  import: StaffImport,
  export: StaffExport,
};
