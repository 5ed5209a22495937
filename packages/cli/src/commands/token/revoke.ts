import { identityRoutes } from '@naer/core/contract/identity';
import { Args } from '@oclif/core';
import { isId, matchId } from '../../actions/short-ids.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';

export default class TokenRevoke extends NaerCommand {
  static override summary = say('Luk en adgangsnøgle med det samme', 'Revoke an access token at once');
  static override args = {
    token: Args.string({
      required: true,
      description: say('Nummeret fra »naer token list«', 'The number from "naer token list"'),
    }),
  };
  static override examples = ['naer token revoke 3f0c2a52'];

  async run() {
    const { args } = await this.parse(TokenRevoke);
    const id = isId(args.token)
      ? args.token
      : matchId(
          (await this.all((page) => this.call(identityRoutes.listTokens, { query: page }))).map(
            (token) => token.id,
          ),
          args.token,
        );
    const token = await this.call(identityRoutes.revokeToken, { params: { id } });
    this.log(say(`Adgangsnøglen ${token.name} er lukket.`, `The token ${token.name} has been revoked.`));
    return token;
  }
}
