import { Autocomplete } from './autocomplete.ts';
import { Commands } from './commands.ts';
import { Login } from './login.ts';
import { Logout } from './logout.ts';
import { Whoami } from './whoami.ts';

export const commands = {
  login: Login,
  logout: Logout,
  whoami: Whoami,
  commands: Commands,
  autocomplete: Autocomplete,
};
