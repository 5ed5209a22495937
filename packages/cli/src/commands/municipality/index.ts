import { MunicipalityChange } from './change.ts';
import { MunicipalityCreate } from './create.ts';
import { MunicipalityList } from './list.ts';
import { MunicipalityShow } from './show.ts';

export const commands = {
  show: MunicipalityShow,
  change: MunicipalityChange,
  list: MunicipalityList,
  create: MunicipalityCreate,
};
