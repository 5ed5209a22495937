import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NaerCommand } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';

export default class MediaServe extends NaerCommand {
  static override summary = say(
    'Kør medieserveren alene på denne maskine',
    'Run the media server by itself on this machine',
  );
  static override description = say(
    'Ellers kører den sammen med tjenesten. Kør den for sig, når opkald skal have deres egen maskine: sæt NAER_MEDIA_KEY og NAER_MEDIA_SECRET her, og LIVEKIT_URL, LIVEKIT_API_KEY og LIVEKIT_API_SECRET til det samme ved tjenesten. SIGTERM tager ingen nye samtaler ind og venter på dem, der er i gang.',
    'Otherwise it runs together with the service. Run it by itself when calls should have a machine of their own: set NAER_MEDIA_KEY and NAER_MEDIA_SECRET here, and LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET to the same at the service. SIGTERM lets no new calls in and waits for those under way.',
  );
  static override examples = [
    'NAER_MEDIA_KEY=naer NAER_MEDIA_SECRET=$(openssl rand -hex 32) naer media serve',
  ];

  async run(): Promise<never> {
    await this.parse(MediaServe);
    const program = path.resolve(import.meta.dirname, '../../media-server/dist/main.js');
    if (!existsSync(program)) throw new CliError('media_server_not_built', { program });
    // It becomes this process: its signals and its exit code are the command's.
    await import(pathToFileURL(program).href);
    return new Promise<never>(() => undefined);
  }
}
