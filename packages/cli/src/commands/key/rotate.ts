import { operationsRoutes } from '@naer/core/contract/operations';
import { NaerCommand, yesFlag } from '../../base-command.ts';
import { counted, say } from '../../language.ts';

export default class KeyRotate extends NaerCommand {
  static override summary = say('Skift hovednøglen', 'Rotate the master key');
  static override description = say(
    'Laver en ny hovednøgle og beskytter alle borgernes nøgler med den. Papirkopien af den gamle gælder ikke mere.',
    'Makes a new master key and rewraps the key of every citizen with it. The paper backup of the old one is no longer valid.',
  );
  static override flags = yesFlag;
  static override examples = ['naer key rotate', 'naer key rotate --yes --json'];

  async run() {
    const { flags } = await this.parse(KeyRotate);
    await this.confirm(
      flags,
      say('SKIFT', 'ROTATE'),
      say(
        'Papirkopien af den gamle nøgle gælder ikke mere bagefter.',
        'The paper backup of the old key is no longer valid afterwards.',
      ),
    );
    const rotated = await this.call(operationsRoutes.rotateMasterKey, {});
    const keys = counted(rotated.rewrapped, ['nøgle', 'nøgler'], ['key', 'keys']);
    this.log(
      say(
        `Ny hovednøgle ${rotated.keyId}. Låst om: ${keys}.`,
        `New master key ${rotated.keyId}. Rewrapped: ${keys}.`,
      ),
    );
    this.note(
      say('Lav en ny papirkopi med »naer key backup«.', 'Make a new paper backup with "naer key backup".'),
    );
    return rotated;
  }
}
