import { Args, Flags } from '@oclif/core';
import { logIn } from '../../actions/login.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { parseAddress } from '../../target.ts';
import { ask, askSecret, readStdin } from '../../ui/terminal.ts';

export default class Login extends NaerCommand {
  static override summary = say('Log ind på en tjeneste', 'Log in to a service');
  static override description = say(
    'Adgangsnøglen prøves af og gemmes, så kun du kan læse den. Uden login bruges den Nær, der kører i denne mappe.',
    'The token is tried and kept where only you can read it. Without a login, the Nær that runs in this checkout is used.',
  );
  static override args = {
    address: Args.string({ description: say('Tjenestens adresse', 'Where the service is') }),
  };
  static override flags = {
    'token-stdin': Flags.boolean({
      summary: say('Læs adgangsnøglen fra standard-input', 'Read the token from standard input'),
    }),
  };
  static override examples = [
    'naer login https://naer.nordby.dk',
    'naer login https://naer.nordby.dk --token-stdin < token.txt',
  ];

  async run() {
    const { args, flags } = await this.parse(Login);
    const address =
      args.address ??
      flags.url ??
      (await ask(say('Adresse:', 'Address:'), { what: say('adressen', 'the address'), flag: 'https://…' }));
    const url = parseAddress(address);
    const token = flags['token-stdin']
      ? await readStdin()
      : await askSecret(say('Adgangsnøgle (vises ikke):', 'Token (not shown):'), {
          what: say('adgangsnøglen', 'the token'),
          flag: '--token-stdin',
        });
    const login = await logIn(await this.clientFor({ url, token }), { url, token }, process.env);
    this.log(
      say(
        `Du er logget ind på ${login.url} som ${login.initials}, ${login.municipality}.`,
        `You are logged in to ${login.url} as ${login.initials}, ${login.municipality}.`,
      ),
    );
    return login;
  }
}
