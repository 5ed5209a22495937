import { type AccessToken, identityRoutes } from '@naer/core/contract/identity';
import { Flags } from '@oclif/core';
import { shortId } from '../../actions/short-ids.ts';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { column } from '../../ui/table.ts';
import { shortMoment } from '../../ui/time.ts';

export default class TokenList extends NaerCommand {
  static override summary = say('Vis adgangsnøgler', 'List access tokens');
  static override flags = {
    ...listFlags,
    all: Flags.boolean({ summary: say('Alles, hvor du må', "Everybody's, where you may") }),
  };
  static override examples = ['naer token list', 'naer token list --all --csv'];

  async run() {
    const { flags } = await this.parse(TokenList);
    const state = (token: AccessToken) =>
      token.revokedAt === null ? shortMoment(token.expiresAt) : say('lukket', 'revoked');
    const columns = [
      column(
        say('Nr.', 'No.'),
        'id',
        (token: AccessToken) => shortId(token.id),
        (token) => token.id,
      ),
      column(say('Ejer', 'Owner'), 'owner', (token: AccessToken) => token.owner),
      column(say('Navn', 'Name'), 'name', (token: AccessToken) => token.name),
      column(say('Gælder til', 'Valid until'), 'expiresAt', state, (token) => token.expiresAt),
      column(
        say('Må', 'May'),
        'scopes',
        (token: AccessToken) => token.scopes?.join(' ') ?? say('alt, ejeren må', 'all its owner may'),
        (token) => token.scopes?.join(';') ?? null,
      ),
    ];
    const all = flags.all ? 'true' : 'false';
    return this.list(flags, columns, (page) =>
      this.call(identityRoutes.listTokens, { query: { ...page, all } }),
    );
  }
}
