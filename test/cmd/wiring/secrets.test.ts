import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openSecrets, secretsLoop } from '../../../cmd/wiring/secrets.ts';
import { systemClock } from '../../../lib/clock.ts';
import { InstallationKey } from '../../../lib/installation-key.ts';
import type { SecretsFolder } from '../../../sources/secrets/secrets-folder.ts';
import { TemporaryFolder } from '../../sources/directory/temporary-folder.ts';

const PLANTED = 'planted-value-7c1f';

function open(folder: TemporaryFolder, onChange: () => void): Promise<SecretsFolder> {
  return openSecrets({
    secrets: folder.path,
    key: new InstallationKey(randomBytes(32), randomBytes),
    clock: systemClock,
    onChange,
    log: { warn: () => undefined },
  });
}

describe('the secrets of a controller', () => {
  it('are there as soon as they are opened, and followed by a loop', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('default/api/TOKEN', PLANTED);
    const stop = new AbortController();
    const secrets = await open(folder, () => {
      stop.abort();
    });
    const atFirst = secrets.snapshot().find('default', 'api');

    await folder.write('default/api/TOKEN', 'new');
    await secretsLoop(secrets).run(stop.signal, () => undefined);

    expect(atFirst).toMatchObject({ values: { TOKEN: PLANTED } });
    expect(secrets.snapshot().find('default', 'api')).toMatchObject({ values: { TOKEN: 'new' } });
  });
});
