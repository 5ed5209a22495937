import { SitesAdd } from './add.ts';
import { SitesList } from './list.ts';

export const commands = { list: SitesList, add: SitesAdd };
