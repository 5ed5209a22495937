import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { forgetLogin } from '../../login-file.ts';

export default class Logout extends NaerCommand {
  static override summary = say('Glem login på denne maskine', 'Forget the login on this machine');
  static override description = say(
    'Adgangsnøglen virker stadig andre steder; »naer token revoke« lukker den helt.',
    'The token still works elsewhere; "naer token revoke" ends it for good.',
  );
  static override examples = ['naer logout'];

  async run() {
    await this.parse(Logout);
    const loggedOut = forgetLogin(process.env);
    this.log(
      loggedOut
        ? say('Du er logget ud.', 'You are logged out.')
        : say('Du var ikke logget ind.', 'You were not logged in.'),
    );
    return { loggedOut };
  }
}
